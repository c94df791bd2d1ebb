import Foundation
import GRDB

/// One step of the schema's history. Once released it is never edited; a change is a new step.
struct Migration {
    let version: Int
    let statements: String
    /// What statements alone cannot do.
    var afterwards: (@Sendable (Database) throws -> Void)?
}

extension Schema {
    /// "AURL": marks a SQLite file as a workspace of the workbench.
    static let applicationID: UInt32 = 0x4155_524c

    static let migrations = [
        Migration(version: 1, statements: migration1),
        Migration(version: 2, statements: migration2),
        Migration(version: 3, statements: migration3, afterwards: packStoredPoints),
        Migration(version: 4, statements: migrationSweeps),
        Migration(version: 5, statements: migrationGroups, afterwards: renewHashes),
    ]

    static let version = migrations.map(\.version).max() ?? 0

    /// Brings a database to the newest version inside one immediate transaction. A copy of an older one is left
    /// beside it first: `workbench.sqlite.v1.backup`.
    ///
    /// - Throws: `TrackingError.newerDatabase` or `.foreignDatabase`, with the database unchanged.
    static func migrate(_ queue: DatabaseQueue, path: String, program: String) throws {
        try backUp(queue, path: path)
        try queue.write { database in
            let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            guard found <= version else {
                throw TrackingError.newerDatabase(path: path, found: found, known: version)
            }
            if found == version { return }
            if found == 0 {
                let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
                guard tables == 0 else { throw TrackingError.foreignDatabase(path: path) }
                try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            }
            for migration in migrations where migration.version > found {
                try database.execute(sql: migration.statements)
                try migration.afterwards?(database)
                try database.execute(
                    sql: "INSERT INTO migrations (version, at_us, program) VALUES (?, ?, ?)",
                    arguments: [migration.version, Date().microseconds, program])
                try database.execute(sql: "PRAGMA user_version = \(migration.version)")
            }
        }
    }

    private static func backUp(_ queue: DatabaseQueue, path: String) throws {
        try queue.writeWithoutTransaction { database in
            let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            guard (1..<version).contains(found) else { return }
            let copy = path + ".v\(found).backup"
            guard !FileManager.default.fileExists(atPath: copy) else { return }
            // Under another name first: a copy that was cut short must not pass for one.
            let partial = copy + ".\(ProcessInfo.processInfo.processIdentifier).partial"
            try? FileManager.default.removeItem(atPath: partial)
            try database.execute(sql: "VACUUM INTO ?", arguments: [partial])
            guard rename(partial, copy) == 0 else {
                throw TrackingError.notWritable(path: copy, reason: String(cString: strerror(errno)))
            }
        }
    }
}
