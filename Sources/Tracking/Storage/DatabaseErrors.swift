import Foundation
import GRDB

extension TrackingError {
    /// Runs a piece of database work and turns what SQLite reports into a `TrackingError`.
    static func translating<Result>(_ path: String, _ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch let error as DatabaseError {
            throw TrackingError(error, path: path)
        }
    }

    init(_ error: DatabaseError, path: String) {
        let reason = error.message ?? "error \(error.resultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self = .locked(path: path)
        case .SQLITE_FULL:
            self = .diskFull(path: path)
        case .SQLITE_IOERR where Self.isDiskFull(at: path):
            self = .diskFull(path: path)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self = .damaged(path: path, reason: reason)
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN:
            self = .notWritable(path: path, reason: reason)
        default:
            self = .database(path: path, reason: reason)
        }
    }

    /// SQLite reports a full disk as a general input/output error when its shared-memory file cannot grow.
    private static func isDiskFull(at path: String) -> Bool {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let facts = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        guard let free = facts?[.systemFreeSize] as? NSNumber else { return false }
        return free.int64Value < 1 << 20
    }
}
