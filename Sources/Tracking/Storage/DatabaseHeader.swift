import Foundation

/// The first 100 bytes of a SQLite file, read without SQLite, so that a damaged file, a database of
/// another program or one of a newer workbench is refused before anything could change it.
///
/// Source: SQLite database file format, section 1.3 (the database header).
struct DatabaseHeader {
    /// `PRAGMA user_version`: the number of the last migration.
    let version: Int
    /// `PRAGMA application_id`: which program the file belongs to.
    let application: UInt32

    /// Reads a header; nil when the file is absent or empty.
    ///
    /// - Throws: `TrackingError.damaged` when the file is not SQLite, `.notReadable` when it cannot be read.
    static func read(at url: URL) throws -> DatabaseHeader? {
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        let bytes: [UInt8]
        do {
            let handle = try FileHandle(forReadingFrom: url)
            defer { try? handle.close() }
            bytes = [UInt8](try handle.read(upToCount: 100) ?? Data())
        } catch {
            throw TrackingError.notReadable(path: url.path, reason: plainReason(of: error))
        }
        if bytes.isEmpty { return nil }
        guard bytes.count == 100, bytes.starts(with: Array("SQLite format 3\0".utf8)) else {
            throw TrackingError.damaged(path: url.path, reason: "it does not begin as a SQLite file")
        }
        func word(at offset: Int) -> UInt32 {
            bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        return DatabaseHeader(version: Int(word(at: 60)), application: word(at: 68))
    }

    /// Refuses databases this program must not touch.
    func check(path: String) throws {
        guard application == Schema.applicationID else {
            // A file whose first migration was interrupted has no tables and no identity yet.
            if application == 0 && version == 0 { return }
            throw TrackingError.foreignDatabase(path: path)
        }
        guard version <= Schema.version else {
            throw TrackingError.newerDatabase(path: path, found: version, known: Schema.version)
        }
    }
}
