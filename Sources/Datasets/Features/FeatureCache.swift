import Audio
import Foundation
import Hashing
import StrictJSON
import Tensor

/// Features of sounds as `.npy` files, each computed once.
///
/// A file's place is made of what decides its content, and of nothing else:
///
///     FOLDER/KIND-HASH/AB/ABCDEF....npy
///
/// where HASH is over the kind, its version and its parameters, which stand beside in `parameters.json`, and ABCDEF...
/// is the SHA-256 of the sound's rate and samples. A sound, a parameter or a computation that changes has another
/// place, so nothing old is ever found; a file that is damaged is made anew. Files appear whole or not at all, and
/// processes that make the same one at a time do not disturb each other.
public struct FeatureCache: Sendable {
    public let folder: URL

    public init(folder: URL) { self.folder = folder }

    /// How a feature was come by.
    public enum Origin: String, Sendable {
        case found, computed
        /// There was a file, but it was damaged.
        case mended
    }

    /// A feature and where it is kept.
    public struct Entry: Sendable {
        public let array: NumpyArray
        /// Relative to the cache's folder.
        public let path: String
        public let origin: Origin
    }

    /// SHA-256 over the rate and the samples of the sound's mean channel, as 32-bit numbers.
    public static func digest(_ mono: [Float], sampleRate: Int) -> String {
        var digest = SHA256()
        digest.update("\(sampleRate) \(mono.count) ".utf8)
        mono.withUnsafeBytes { digest.update($0) }
        return digest.finish()
    }

    /// What is stored beside a feature's files.
    private static func parameters(_ feature: any AudioFeature) -> JSONObject {
        let type = type(of: feature)
        return [
            "kind": .string(type.kind), "version": .integer(type.version), "parameters": feature.json,
            "columns": .string(type.columns),
        ]
    }

    /// The folder of a feature with its parameters, relative to the cache's.
    static func folderName(_ feature: any AudioFeature) -> String {
        let type = type(of: feature)
        let hash = SHA256.hex(of: "\(type.kind) \(type.version) \(feature.json.canonicalText)")
        return "\(type.kind)-\(hash.prefix(12))"
    }

    /// Where a feature of a sound is, or would be, relative to the cache's folder.
    public static func path(_ feature: any AudioFeature, digest: String) -> String {
        "\(folderName(feature))/\(digest.prefix(2))/\(digest).npy"
    }

    /// A feature of a sound: found, or computed and kept.
    ///
    /// - Parameters:
    ///   - mono: the samples, at least one.
    ///   - digest: `digest(_:sampleRate:)` of them, if it is known already.
    /// - Throws: `FileWriteError` or `DatasetError`.
    public func entry(
        _ feature: any AudioFeature, of mono: [Float], sampleRate: Int, digest: String? = nil
    ) throws -> Entry {
        let digest = digest ?? Self.digest(mono, sampleRate: sampleRate)
        let path = Self.path(feature, digest: digest)
        let file = folder.appending(path: path)
        var origin = Origin.computed
        do {
            return Entry(array: try NumpyArray(contentsOf: file.path), path: path, origin: .found)
        } catch {
            if !error.isNotFound { origin = .mended }
        }
        let array = try feature.compute(mono, sampleRate: sampleRate)
        try createFolder(file.deletingLastPathComponent())
        try writeParameters(feature)
        try array.write(to: file.path)
        return Entry(array: array, path: path, origin: origin)
    }

    /// Whether a feature of a sound is there and sound itself.
    public func has(_ path: String) -> Bool {
        (try? NumpyArray(contentsOf: folder.appending(path: path).path)) != nil
    }

    private func writeParameters(_ feature: any AudioFeature) throws {
        let file = folder.appending(path: "\(Self.folderName(feature))/parameters.json")
        let text = JSONValue.object(Self.parameters(feature)).prettyText + "\n"
        if (try? String(contentsOf: file, encoding: .utf8)) == text { return }
        try AtomicFile.write(Array(text.utf8), to: file.path)
    }

    private func createFolder(_ place: URL) throws {
        do {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        } catch {
            throw DatasetError.writing("\(place.path): cannot be created (\(error.localizedDescription))")
        }
    }
}
