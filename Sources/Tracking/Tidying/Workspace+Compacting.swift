import GRDB

extension Workspace {
    /// Bytes within the database's file that hold nothing.
    public func freeDatabaseBytes() throws -> Int {
        try read { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
            return try pages * (Int.fetchOne(database, sql: "PRAGMA page_size") ?? 0)
        }
    }

    /// Gives free room within the database's file back to the disk. Takes as long as copying it; other writers wait.
    public func compact() throws {
        guard !isReadOnly else { throw TrackingError.readOnly(path: directory.path) }
        try TrackingError.translating(databasePath) {
            try queue.writeWithoutTransaction { database in
                try database.execute(sql: "VACUUM")
                try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            }
        }
    }
}
