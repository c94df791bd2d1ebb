import Foundation
import GRDB

extension Workspace {
    /// Takes a label off a run.
    ///
    /// - Returns: whether the run had it.
    @discardableResult
    public func removeTag(run: Run.ID, _ tag: String) throws -> Bool {
        try write { database in
            try database.execute(sql: "DELETE FROM tags WHERE run_id = ? AND tag = ?", arguments: [run, tag])
            return database.changesCount > 0
        }
    }

    /// All labels with the number of runs that have them, sorted; archived runs count.
    public func tags() throws -> [(tag: String, runs: Int)] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT tag, count(*) FROM tags GROUP BY tag ORDER BY tag")
        }.map { ($0[0], $0[1]) }
    }

    /// Replaces a run's note; an empty text removes it.
    public func setNote(run: Run.ID, _ note: String) throws {
        try write { try $0.execute(sql: "UPDATE runs SET note = ? WHERE id = ?", arguments: [note, run]) }
    }

    /// Adds a line to a run's note.
    public func appendNote(run: Run.ID, _ text: String) throws {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE runs SET note = CASE note WHEN '' THEN ?1 ELSE note || char(10) || ?1 END WHERE id = ?2
                    """, arguments: [text, run])
        }
    }

    /// Protects a run from `rm` and `gc`, or takes the protection away.
    public func setPinned(run: Run.ID, _ isPinned: Bool) throws {
        try write {
            try $0.execute(sql: "UPDATE runs SET pinned = ? WHERE id = ?", arguments: [isPinned, run])
        }
    }

    /// Puts runs aside: lists no longer show them, and `clean` may remove them. All or none.
    ///
    /// - Returns: those that were not archived before.
    /// - Throws: `TrackingError.refused` for a pinned run, `.runIsAlive` for one that is going on.
    public func archive(_ runs: [Run]) throws -> [Run] {
        for run in runs {
            if run.isPinned {
                throw TrackingError.refused(
                    reason: "\(run.address) is pinned; `workbench unpin \(run.address)` first")
            }
            if [.running, .stalled, .queued].contains(run.status) { throw try alive(run) }
        }
        let fresh = runs.filter { $0.archived == nil }
        try write { database in
            for run in fresh {
                try database.execute(
                    sql: "UPDATE runs SET archived_us = ? WHERE id = ? AND NOT pinned",
                    arguments: [Date().microseconds, run.id])
            }
        }
        return fresh
    }

    private func alive(_ run: Run) throws -> TrackingError {
        let row = try read {
            try Row.fetchOne($0, sql: "SELECT pid, host FROM runs WHERE id = ?", arguments: [run.id])
        }
        return .runIsAlive(run: run.address, process: row?["pid"] ?? 0, host: row?["host"] ?? run.host)
    }

    /// Takes archived runs back.
    ///
    /// - Returns: those that were archived.
    public func restore(_ runs: [Run]) throws -> [Run] {
        let archived = runs.filter { $0.archived != nil }
        try write { database in
            for run in archived {
                try database.execute(
                    sql: "UPDATE runs SET archived_us = NULL WHERE id = ?", arguments: [run.id])
            }
        }
        return archived
    }
}
