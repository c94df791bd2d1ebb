import Audio
import Foundation

/// One sound file that a dataset uses.
struct Recording: Sendable, Hashable {
    /// Below its source's folder, without extension: `anna/take_1`.
    let name: String
    let url: URL
    /// Talker, track or whatever else belongs together; empty if unknown.
    let voice: String
    /// Samples at the dataset's rate.
    let count: Int
    /// The file's own rate, Hz.
    let sampleRate: Int
    /// The part that a prepared set has given it.
    var fixedSplit: DataSplit?
    /// SHA-256 of the file, if a prepared set knows it.
    var sha256: String?

    /// The voice, where it is more than the file itself (`voice_from` "file" makes each file a voice of its own).
    var speaker: String { voice == name ? "" : voice }

    /// What errors call it.
    var path: String { url.relativePath }

    /// Opens the file's header.
    ///
    /// - Throws: `DataIssue`.
    init(
        _ file: SoundFile, voice: String, dataset sampleRate: Int, fixedSplit: DataSplit? = nil,
        sha256: String? = nil
    ) throws(DataIssue) {
        do {
            let reader = try AudioFileReader(file.url)
            self.sampleRate = reader.sampleRate
            count =
                (reader.frameCount * sampleRate + reader.sampleRate - 1) / reader.sampleRate
        } catch {
            throw DataIssue(path: file.url.relativePath, error: error)
        }
        name = file.name
        url = file.url
        self.voice = voice
        self.fixedSplit = fixedSplit
        self.sha256 = sha256
    }
}

/// A sound file below a folder.
struct SoundFile: Sendable, Hashable {
    /// Relative to the folder, without extension.
    let name: String
    let url: URL

    /// Endings that are taken for sound.
    static let extensions = [
        "wav", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff", "au", "caf", "w64",
    ]
    /// Folders in folders, at most: a link to a folder above would go on for ever.
    private static let deepest = 8

    /// All sound files below a folder in the order of their names; hidden ones are passed over.
    ///
    /// - Parameter use: what the folder is wanted for, for the error text.
    /// - Throws: `ExperimentError` if the folder is missing or holds none, or if two names differ in their endings
    ///   only.
    static func list(_ folder: URL, use: String) throws -> [SoundFile] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), isFolder.boolValue
        else {
            throw ExperimentError.notFound("\(folder.relativePath): no such folder; expected \(use)")
        }
        var files: [String: SoundFile] = [:]
        try collect(folder, prefix: "", depth: 0, into: &files)
        guard !files.isEmpty else {
            throw ExperimentError.data(
                "\(folder.relativePath): no sound files; expected \(use) (\(extensions.joined(separator: ", ")))"
            )
        }
        return files.values.sorted { $0.name < $1.name }
    }

    private static func collect(
        _ folder: URL, prefix: String, depth: Int, into files: inout [String: SoundFile]
    ) throws {
        let entries: [String]
        do {
            entries = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        } catch {
            throw ExperimentError.data(
                "\(folder.relativePath): the folder cannot be read; check its permissions")
        }
        for entry in entries where !entry.hasPrefix(".") {
            let url = folder.appending(path: entry)
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else { continue }
            if isFolder.boolValue {
                if depth < deepest {
                    try collect(url, prefix: prefix + entry + "/", depth: depth + 1, into: &files)
                }
                continue
            }
            guard extensions.contains(url.pathExtension.lowercased()) else { continue }
            let name = prefix + url.deletingPathExtension().lastPathComponent
            if let other = files[name] {
                throw ExperimentError.data(
                    "\(folder.relativePath): \(other.url.lastPathComponent) and \(entry) have one name; "
                        + "names must differ before the ending")
            }
            files[name] = SoundFile(name: name, url: url)
        }
    }
}
