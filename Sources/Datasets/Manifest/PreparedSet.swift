import Audio
import Foundation
import StrictJSON
import Tensor

/// A folder of recordings that `workbench data prepare` made: sound files of one rate with their splits, roles,
/// voices and licences in `manifest.json`.
public struct PreparedSet: Sendable, Equatable {
    /// The file that makes a folder a prepared set.
    public static let manifestName = "manifest.json"

    /// The set's folder.
    public let folder: URL
    public let manifest: PreparedManifest

    public var name: String { manifest.name }
    /// In hertz, of every file.
    public var sampleRate: Int { manifest.sampleRate }
    /// Changes whenever any sample, split, role or voice of the set does.
    public var contentHash: String { manifest.contentHash }
    /// In the order of their paths.
    public var items: [PreparedItem] { manifest.items }
    public var licences: [PreparedLicence] { manifest.licences }

    /// Opens a set. Only the manifest is read; `workbench data check` looks at every file.
    ///
    /// - Parameter path: the folder, or its `manifest.json`.
    /// - Throws: `DatasetError` when there is no prepared set; `JSONError` for a manifest that is not valid.
    public init(path: String) throws {
        let given = URL(fileURLWithPath: path)
        let folder = given.lastPathComponent == Self.manifestName ? given.deletingLastPathComponent() : given
        let file = folder.appending(path: Self.manifestName)
        guard FileManager.default.fileExists(atPath: file.path) else {
            let isThere = FileManager.default.fileExists(atPath: folder.path)
            throw DatasetError.notFound(
                "\(path): \(isThere ? "no \(Self.manifestName) in this folder" : "no such folder"); expected a "
                    + "prepared set: make one with `workbench data prepare RECIPE --into \(path)`")
        }
        self.init(
            folder: folder, manifest: try JSONDocument(contentsOf: file.path).decode(PreparedManifest.self))
    }

    /// A set of known content.
    public init(folder: URL, manifest: PreparedManifest) {
        self.folder = folder
        self.manifest = manifest
    }

    /// Whether a folder holds a manifest.
    public static func exists(at folder: URL) -> Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: manifestName).path)
    }

    /// Whether a folder holds a set whose preparation has begun and not ended.
    public static func isUnfinished(at folder: URL) -> Bool {
        !exists(at: folder) && Journal.exists(in: folder)
    }

    /// Where an item's sound file is.
    public func url(of item: PreparedItem) -> URL { folder.appending(path: item.path) }

    /// Samples per channel of an item.
    public func frames(of item: PreparedItem) -> Int {
        Int((item.seconds * Double(sampleRate)).rounded())
    }

    /// The items of a split, or of one role in it, in the order of their paths.
    public func items(_ split: DataSplit, role: DataRole? = nil) -> [PreparedItem] {
        items.filter { $0.split == split && (role == nil || $0.role == role) }
    }

    /// The voices of a role in a split, sorted.
    public func voices(_ split: DataSplit, role: DataRole) -> [String] {
        Set(items(split, role: role).map(\.voice)).sorted()
    }

    /// Writes the manifest into the set's folder, all or nothing.
    ///
    /// - Throws: `FileWriteError`.
    func writeManifest() throws {
        let text = manifest.json.prettyText + "\n"
        try AtomicFile.write(Array(text.utf8), to: folder.appending(path: Self.manifestName).path)
    }
}
