import Audio
import Experiments
import Foundation

/// Which files are scored against which.
struct ScoringPairs {
    struct Pair {
        /// The file's name in the folder of references.
        var name: String
        var reference: URL
        var estimate: URL
    }

    var pairs: [Pair]
    /// Names without a partner, in each folder.
    var unpairedReferences: [String] = []
    var unpairedEstimates: [String] = []

    /// What can be a sound file, by the ending of its name.
    private static let endings: Set = [
        "wav", "wave", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff", "aifc", "au", "snd", "caf", "w64",
        "rf64", "g722",
    ]

    /// Pairs two files, or the files of two folders by their names: the same name, else the same name without
    /// its ending. Folders within folders belong to the names.
    init(reference: String, estimate: String) throws {
        let (first, second) = (URL(fileURLWithPath: reference), URL(fileURLWithPath: estimate))
        let isFolder = try Self.isFolder(reference)
        guard try Self.isFolder(estimate) == isFolder else {
            throw ExperimentError.config(
                "\(reference) is a \(isFolder ? "folder" : "file"), \(estimate) is not; name two files or two folders"
            )
        }
        guard isFolder else {
            pairs = [Pair(name: first.lastPathComponent, reference: first, estimate: second)]
            return
        }
        let references = try Self.soundFiles(in: first)
        let estimates = try Self.soundFiles(in: second)
        let exact = Set(estimates)
        let byStem = Dictionary(grouping: estimates, by: Self.stem)
        let referencesByStem = Dictionary(grouping: references, by: Self.stem)
        pairs = []
        var used: Set<String> = []
        for name in references {
            var partner = exact.contains(name) ? name : nil
            if partner == nil, let candidates = byStem[Self.stem(name)], candidates.count == 1,
                referencesByStem[Self.stem(name)]?.count == 1
            {
                partner = candidates[0]
            }
            guard let partner else {
                unpairedReferences.append(name)
                continue
            }
            used.insert(partner)
            pairs.append(
                Pair(
                    name: name, reference: first.appending(path: name),
                    estimate: second.appending(path: partner)))
        }
        unpairedEstimates = estimates.filter { !used.contains($0) }
        if pairs.isEmpty {
            throw ExperimentError.notFound(
                "\(reference) (\(references.count) sound files) and \(estimate) (\(estimates.count)): "
                    + "no name occurs in both")
        }
    }

    private static func isFolder(_ path: String) throws -> Bool {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw ExperimentError.notFound("\(path): no such file or folder")
        }
        return isFolder.boolValue
    }

    private static func stem(_ name: String) -> String { (name as NSString).deletingPathExtension }

    /// Names within the folder, sorted.
    private static func soundFiles(in folder: URL) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { name in
            endings.contains((name as NSString).pathExtension.lowercased())
                && !name.split(separator: "/").contains { $0.hasPrefix(".") }
        }.sorted()
    }
}
