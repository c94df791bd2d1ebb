import Foundation
import GRDB

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
        let now = Date().microseconds
        try workspace.write { database in
            try database.execute(
                sql: "DELETE FROM artifacts WHERE run_id = ? AND kind = ? AND role = ?",
                arguments: [run, kind, role])
            for file in files {
                try database.cachedStatement(
                    sql: """
                        INSERT INTO artifacts
                            (run_id, step, kind, role, name, path, sha256, bytes, mime, created_us, is_best, is_last)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """
                ).execute(arguments: [
                    run, step, kind, role, file.name, file.path, file.sha256, file.bytes, file.mime, now,
                    role == "best", role == "last",
                ])
            }
        }
    }

    /// Takes files out of a run's list whose role is none of the given ones. The files themselves stay.
    public func removeArtifacts(kind: String, except roles: [String]) throws {
        try workspace.write { database in
            let known = try String.fetchAll(
                database, sql: "SELECT DISTINCT role FROM artifacts WHERE run_id = ? AND kind = ?",
                arguments: [run, kind])
            for role in Set(known).subtracting(roles) {
                try database.execute(
                    sql: "DELETE FROM artifacts WHERE run_id = ? AND kind = ? AND role = ?",
                    arguments: [run, kind, role])
            }
        }
    }
}
