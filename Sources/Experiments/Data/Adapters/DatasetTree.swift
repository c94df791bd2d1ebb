import Audio
import Foundation

/// The folders of a published dataset on the disk, and errors that say what of it is missing.
struct DatasetTree {
    /// What people call the dataset.
    let name: String
    /// As the config gives it.
    let path: String
    /// One line: which folders and files it has.
    let layout: String

    var root: URL { URL(fileURLWithPath: path) }

    /// - Throws: `ExperimentError` if there is no such folder.
    init(_ name: String, path: String, layout: String) throws {
        (self.name, self.path, self.layout) = (name, path, layout)
        guard !path.isEmpty else {
            throw ExperimentError.config(
                "dataset.path: no folder given; add --set dataset.path=DIR, the folder of \(name) (\(layout))"
            )
        }
        guard Self.isFolder(root) else {
            throw ExperimentError.notFound("\(path): no such folder; \(name) has \(layout)")
        }
    }

    /// The error for something that the tree should have.
    func missing(_ what: String) -> ExperimentError {
        let found = Self.names(in: root)
        let list = found.prefix(6).joined(separator: ", ") + (found.count > 6 ? ", ..." : "")
        return .data(
            "\(path): \(what); \(name) has \(layout); found here: \(found.isEmpty ? "nothing" : list)")
    }

    /// The first of some folders that is there.
    ///
    /// - Parameter paths: relative to the tree; the first is the usual one.
    func folder(_ paths: String...) throws -> URL {
        for path in paths where Self.isFolder(root.appending(path: path)) {
            return root.appending(path: path)
        }
        let others = paths.count > 1 ? " (nor \(paths.dropFirst().joined(separator: ", ")))" : ""
        throw missing("no folder \(paths[0])\(others)")
    }

    func has(_ path: String) -> Bool { Self.isFolder(root.appending(path: path)) }

    /// The names in a folder, sorted; hidden ones are passed over.
    static func names(in folder: URL) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
            .filter { !$0.hasPrefix(".") }.sorted()
    }

    /// The names of the folders in a folder, sorted.
    static func folders(in folder: URL) -> [String] {
        names(in: folder).filter { isFolder(folder.appending(path: $0)) }
    }

    private static func isFolder(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
    }
}

extension SoundFile {
    /// The name without its folders.
    var lastName: String { name.split(separator: "/").last.map(String.init) ?? name }
}

/// Matches the degraded files of a published dataset with their clean partners.
struct PairMatcher {
    let sampleRate: Int
    /// Whether lengths may differ, because files are aligned when read.
    let aligned: Bool
    let issues: IssueLog

    /// One degraded file and what its layout says of it.
    struct Entry {
        /// The pair's name, unique in the dataset.
        let name: String
        let degraded: SoundFile
        /// Nil if there is none, which is reported.
        let clean: SoundFile?
        /// Where the clean file was expected, for the report.
        let expected: String
        let voice: String
        let category: String
        let split: DataSplit?
    }

    /// The pairs in the order of their names.
    ///
    /// - Throws: `ExperimentError` by the policy of the log.
    func pairs(_ entries: [Entry]) throws -> [RecordingPair] {
        var pairs: [RecordingPair] = []
        var names: Set<String> = []
        for entry in entries.sorted(by: { $0.name < $1.name }) {
            do {
                guard let clean = entry.clean else {
                    throw DataIssue(
                        path: entry.degraded.url.relativePath, problem: "no clean file \(entry.expected)")
                }
                guard names.insert(entry.name).inserted else {
                    throw DataIssue(
                        path: entry.degraded.url.relativePath,
                        problem: "a second pair of the name \(entry.name); each may be there once")
                }
                var pair = try RecordingPair(
                    entry.name, clean: clean, degraded: entry.degraded, voice: entry.voice,
                    sampleRate: sampleRate, aligned: aligned)
                (pair.category, pair.fixedSplit) = (entry.category, entry.split)
                pairs.append(pair)
            } catch let issue as DataIssue {
                try issues.report(issue)
            }
        }
        return pairs
    }
}
