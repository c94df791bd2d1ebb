import Foundation
import GRDB
import StrictJSON

extension Workspace {
    /// Enters a sweep that was made elsewhere, with its trials, in one transaction. One that is here already gets the
    /// trials that it lacks, and the outcome of those that have none here.
    ///
    /// - Returns: the sweep's number here.
    func enter(_ portable: PortableSweep, from path: String) throws -> (sweep: Sweep.ID, isNew: Bool) {
        do {
            return try write { database in
                let known = try Self.sweep(like: portable.facts, in: database)
                if known == nil {
                    try Self.insert(portable.facts, into: "sweeps", path: path, in: database)
                }
                let id = known ?? database.lastInsertedRowID
                for trial in portable.trials { try Self.enter(trial, of: id, path: path, in: database) }
                for rung in portable.rungs {
                    try database.execute(
                        sql:
                            "INSERT OR IGNORE INTO trial_rungs (sweep_id, no, rung, value) VALUES (?, ?, ?, ?)",
                        arguments: [
                            id, rung["no"]?.intValue, rung["rung"]?.intValue, rung["value"]?.doubleValue,
                        ])
                }
                return (id, known == nil)
            }
        } catch TrackingError.database(_, let reason) {
            throw ImportError(path, reason)
        }
    }

    /// The sweep that an export means; nil if it is not here.
    static func sweep(like facts: JSONObject, in database: Database) throws -> Sweep.ID? {
        try Sweep.ID.fetchOne(
            database, sql: "SELECT id FROM sweeps WHERE spec_hash = ? AND created_us = ?",
            arguments: [facts["spec_hash"]?.stringValue, facts["created_us"]?.intValue])
    }

    private static func enter(
        _ trial: JSONObject, of sweep: Sweep.ID, path: String, in database: Database
    ) throws {
        var row = trial
        row["run_uuid"] = nil
        // Nobody works on it here.
        if row["state"]?.stringValue == TrialState.running.rawValue {
            row["state"] = .string(TrialState.waiting.rawValue)
        }
        let number = row["no"]?.intValue
        let state = try String.fetchOne(
            database, sql: "SELECT state FROM trials WHERE sweep_id = ? AND no = ?",
            arguments: [sweep, number])
        if state == TrialState.waiting.rawValue, row["state"]?.stringValue != TrialState.waiting.rawValue {
            try database.execute(
                sql: "DELETE FROM trials WHERE sweep_id = ? AND no = ? AND params_hash = ? AND seed = ?",
                arguments: [sweep, number, row["params_hash"]?.stringValue, row["seed"]?.intValue])
        } else if state != nil {
            return
        }
        row["sweep_id"] = .integer(Int(sweep))
        try insert(row, into: "trials", orIgnore: true, path: path, in: database)
    }

    /// Ties the trials of a sweep to their runs, once those are here.
    func tie(_ portable: PortableSweep, to sweep: Sweep.ID) throws {
        try write { database in
            for trial in portable.trials {
                guard let uuid = trial["run_uuid"]?.stringValue else { continue }
                try database.execute(
                    sql: """
                        UPDATE trials SET run_id = (SELECT id FROM runs WHERE uuid = ?)
                        WHERE sweep_id = ? AND no = ? AND run_id IS NULL
                        """, arguments: [uuid, sweep, trial["no"]?.intValue])
            }
        }
    }
}
