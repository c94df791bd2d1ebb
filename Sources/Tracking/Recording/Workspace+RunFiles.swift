import Foundation

/// A file in a run's own folder whose size and content are known already.
public struct RunFileFacts: Sendable {
    /// Where it lies, from the run's folder.
    public var path: String
    /// The file name a person would give it.
    public var name: String
    /// SHA-256 of the content, 64 hexadecimal digits.
    public var sha256: String
    /// The size in bytes.
    public var bytes: Int
    public var mime: String

    public init(path: String, name: String, sha256: String, bytes: Int, mime: String) {
        self.path = path
        self.name = name
        self.sha256 = sha256
        self.bytes = bytes
        self.mime = mime
    }
}

extension RunRecorder {
    /// Enters files, such as a checkpoint's, in place of those that a run had under this kind and role.
    public func replaceArtifacts(kind: String, role: String, step: Int?, with files: [RunFileFacts]) throws {
        let now = Date.nowMicroseconds
        let rows = files.map { file in
            ArtifactRow(
                kind: kind, role: role, name: file.name, step: step, path: file.path, sha256: file.sha256,
                bytes: file.bytes, mime: file.mime, created: now)
        }
        try store(.replacement(rows, kind: kind, role: role))
    }

    /// Takes files out of a run's list whose role is none of the given ones. The files themselves stay.
    public func removeArtifacts(kind: String, except roles: [String]) throws {
        try store(.roles(roles, kind: kind))
    }
}
