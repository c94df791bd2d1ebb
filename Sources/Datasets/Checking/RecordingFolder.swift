import Audio
import Foundation
import StrictJSON

/// What `workbench data check` and `data stats` look at: a prepared set, or any folder of recordings.
public enum RecordingSource: Sendable {
    case prepared(PreparedSet)
    case folder(RecordingFolder)
    /// What a dataset of an experiment uses, whatever its layout.
    case listed([ListedFile])

    /// Finds out what a path names.
    ///
    /// - Parameters:
    ///   - path: a folder; a `manifest.json`; a recipe, which stands for `datasets/prepared/NAME`; or a dataset
    ///     file with a `path`, such as `datasets/real_pairs.json`.
    ///   - clean, degraded: names of the folders of pairs.
    /// - Throws: `DatasetError`, `JSONError`.
    public init(path: String, clean: String = "clean", degraded: String = "noisy") throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw DatasetError.notFound(
                "\(path): no such file or folder; expected a prepared set, a folder of recordings, a recipe or a "
                    + "dataset file")
        }
        let url = URL(fileURLWithPath: path)
        if isFolder.boolValue {
            self =
                PreparedSet.exists(at: url)
                ? .prepared(try PreparedSet(path: path))
                : .folder(try RecordingFolder(url, clean: clean, degraded: degraded))
            return
        }
        if url.lastPathComponent == PreparedSet.manifestName {
            self = .prepared(try PreparedSet(path: path))
            return
        }
        let document = try JSONDocument(contentsOf: path)
        if document.value["packages"] != nil {
            let recipe = try document.decode(Recipe.self)
            self = .prepared(try PreparedSet(path: "datasets/prepared/\(recipe.name)"))
        } else if let folder = document.value["path"]?.stringValue {
            self = try RecordingSource(
                path: folder, clean: document.value["clean"]?.stringValue ?? clean,
                degraded: document.value["degraded"]?.stringValue ?? degraded)
        } else {
            throw DatasetError.recipe(
                "\(path): neither a recipe (with \"packages\") nor a dataset file (with \"path\"); expected one of "
                    + "these, or a folder")
        }
    }
}

/// A file that a dataset uses, and for what.
public struct ListedFile: Sendable, Equatable {
    /// Absolute, or relative to the working directory.
    public var path: String
    public var split: DataSplit
    /// `clean`, `degraded`, `noise`, `mixture`, `recording` or the name of a stem.
    public var role: String
    public var voice: String

    public init(path: String, split: DataSplit, role: String, voice: String) {
        (self.path, self.split, self.role, self.voice) = (path, split, role, voice)
    }

    /// Where a path lies: absolute, or below a folder.
    static func place(_ path: String, in folder: URL) -> URL {
        path.hasPrefix("/") ? URL(fileURLWithPath: path) : folder.appending(path: path)
    }

    /// Whether silence makes it useless: stems pause, and noises and degraded files are judged by nobody.
    var mustSound: Bool { ["clean", "recording", "mixture"].contains(role) }
}

/// Sound files of a folder and its subfolders.
public struct RecordingFolder: Sendable {
    public let folder: URL
    /// Paths relative to the folder, sorted; hidden files are passed over.
    public let paths: [String]
    /// The names of the folders of clean and degraded files, if the folder has both.
    public let pairs: (clean: String, degraded: String)?

    /// Endings of sound files.
    public static let endings = [
        "wav", "wave", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff", "au", "caf", "w64", "rf64", "g722",
    ]

    init(_ folder: URL, clean: String, degraded: String) throws {
        self.folder = folder
        var paths: [String] = []
        let walk = FileManager.default.enumerator(atPath: folder.path)
        while let path = walk?.nextObject() as? String {
            let isHidden = path.split(separator: "/").contains { $0.hasPrefix(".") }
            let ending = URL(fileURLWithPath: path).pathExtension.lowercased()
            if !isHidden, Self.endings.contains(ending) { paths.append(path) }
        }
        guard !paths.isEmpty else {
            throw DatasetError.recipe(
                "\(folder.path): no sound files; accepted endings: \(Self.endings.joined(separator: ", "))")
        }
        self.paths = paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let hasPairs = [clean, degraded].allSatisfy { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(
                atPath: folder.appending(path: name).path, isDirectory: &isFolder) && isFolder.boolValue
        }
        pairs = hasPairs ? (clean, degraded) : nil
    }
}
