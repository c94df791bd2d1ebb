import Foundation
import Hashing
import StrictJSON
import Tensor

/// A file of a checkpoint as its description names it.
public struct CheckpointFile: Sendable, Hashable {
    /// The name in the folder.
    public let name: String
    /// The size in bytes.
    public let bytes: Int
    /// SHA-256 of the content, 64 hexadecimal digits; nil in checkpoints of older programs.
    public let sha256: String?

    init(name: String, bytes: Int, sha256: String?) {
        self.name = name
        self.bytes = bytes
        self.sha256 = sha256
    }

    /// Writes named arrays under a name that holds step and content, so that no other content is ever replaced.
    /// - Throws: `FileWriteError`.
    init(
        writing tensors: [String: Tensor], step: Int, ending: String, to folder: URL
    ) throws {
        let arrays = tensors.map {
            SafetensorsFile.NamedArray(name: $0.key, shape: $0.value.shape, values: $0.value.values)
        }
        var digest = SHA256()
        var size = 0
        SafetensorsFile.stream(arrays, metadata: ["step": "\(step)"]) { piece in
            digest.update(piece)
            size += piece.count
        }
        let hash = digest.finish()
        self.init(name: "\(step)-\(hash.prefix(12))\(ending)", bytes: size, sha256: hash)
        try AtomicFile.write(to: folder.appending(path: name).path) { append in
            try SafetensorsFile.stream(arrays, metadata: ["step": "\(step)"], to: append)
        }
    }

    /// Describes a file that is there.
    init(existing name: String, in folder: URL) throws {
        let content = try Data(contentsOf: folder.appending(path: name))
        self.init(name: name, bytes: content.count, sha256: SHA256.hex(of: content))
    }

    /// Reads an entry of a description; a plain name is one of an older program.
    init?(_ json: JSONValue) {
        guard let name = json["name"]?.stringValue ?? json.stringValue, !name.isEmpty, !name.contains("/")
        else { return nil }
        if json.stringValue != nil {
            self.init(name: name, bytes: -1, sha256: nil)
            return
        }
        guard let bytes = json["bytes"]?.intValue, let sha256 = json["sha256"]?.stringValue else {
            return nil
        }
        self.init(name: name, bytes: bytes, sha256: sha256)
    }

    var json: JSONValue {
        .object([
            "name": .string(name), "bytes": .integer(bytes), "sha256": sha256.map { .string($0) } ?? .null,
        ])
    }

    /// The file's content as named arrays, after size and hash were found to be what was written.
    func read(in folder: URL, step: Int) throws -> [String: Tensor] {
        let url = folder.appending(path: name)
        if let sha256 {
            guard let size = Self.size(of: url) else {
                throw ExperimentError.checkpoint("\(url.relativePath): no such file")
            }
            guard size == bytes else {
                throw ExperimentError.checkpoint(
                    "\(url.relativePath): it has \(size) bytes, \(bytes) were written")
            }
            guard try SHA256.hex(ofFile: url) == sha256 else {
                throw ExperimentError.checkpoint(
                    "\(url.relativePath): its content is not what was written (SHA-256 differs)")
            }
        }
        let file = try SafetensorsFile(contentsOf: url.path)
        guard file.metadata["step"] == "\(step)" else {
            throw ExperimentError.checkpoint("\(url.relativePath): it is of another step")
        }
        var tensors: [String: Tensor] = [:]
        for entry in file.entries {
            tensors[entry.name] = Tensor(try file.floats(entry.name), shape: entry.shape)
        }
        return tensors
    }

    private static func size(of url: URL) -> Int? {
        let facts = try? FileManager.default.attributesOfItem(atPath: url.path)
        guard facts?[.type] as? FileAttributeType == .typeRegular else { return nil }
        return (facts?[.size] as? NSNumber)?.intValue
    }
}
