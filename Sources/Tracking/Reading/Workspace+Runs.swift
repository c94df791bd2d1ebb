import Foundation
import GRDB
import StrictJSON

extension Workspace {
    /// The runs, oldest first.
    ///
    /// - Parameters:
    ///   - limit: only the latest so many; nil for all.
    ///   - now: the time against which heartbeats are judged.
    public func runs(limit: Int? = nil, now: Date = Date()) throws -> [Run] {
        let rows = try read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM runs ORDER BY id DESC LIMIT ?", arguments: [limit ?? -1])
        }
        return try rows.reversed().map { try run(from: $0, now: now) }
    }

    /// Finds one run.
    ///
    /// - Parameter address: `run12`, `12`, `last` for the latest, or a run's name.
    /// - Throws: `TrackingError.unknownRun`, `.noRuns`, or `.ambiguousRun` when several runs have the name.
    public func run(_ address: String, now: Date = Date()) throws -> Run {
        let rows = try read { database -> [Row] in
            if address == "last" {
                return try Row.fetchAll(database, sql: "SELECT * FROM runs ORDER BY id DESC LIMIT 1")
            }
            let digits = address.hasPrefix("run") ? String(address.dropFirst(3)) : address
            if let id = Int64(digits), id > 0 {
                let found = try Row.fetchAll(
                    database, sql: "SELECT * FROM runs WHERE id = ?", arguments: [id])
                if !found.isEmpty { return found }
            }
            return try Row.fetchAll(
                database, sql: "SELECT * FROM runs WHERE name = ? ORDER BY id", arguments: [address])
        }
        if rows.count > 1 {
            throw TrackingError.ambiguousRun(
                address: address, candidates: rows.map { Run.address(of: $0["id"]) })
        }
        guard let row = rows.first else { throw try unknownRun(address) }
        return try run(from: row, now: now)
    }

    /// The error for an address that names nothing: it gives the nearest name, else the latest runs.
    private func unknownRun(_ address: String) throws -> TrackingError {
        let rows = try read { database in
            try Row.fetchAll(database, sql: "SELECT id, name FROM runs ORDER BY id DESC LIMIT 1000")
        }
        if rows.isEmpty { return .noRuns(address: address, path: directory.path) }
        var names: [String] = []
        for row in rows {
            if let name: String = row["name"], !names.contains(name) { names.append(name) }
        }
        let isNumber = Int64(address.hasPrefix("run") ? String(address.dropFirst(3)) : address) != nil
        let nearest = isNumber ? nil : nearestName(to: address, among: names)
        let latest = rows.prefix(5).map { Run.address(of: $0["id"]) }
        return .unknownRun(address: address, nearest: nearest.map { [$0] } ?? latest)
    }

    private func run(from row: Row, now: Date) throws -> Run {
        let stored: String = row["status"]
        guard var status = RunStatus(rawValue: stored) else {
            throw TrackingError.damaged(path: databasePath, reason: "a run has the status '\(stored)'")
        }
        let beat = Date(microseconds: row["beat_us"])
        var ended = (row["ended_us"] as Int64?).map(Date.init(microseconds:))
        if status == .running {
            let heartbeat = Heartbeat(row)
            if heartbeat.isDead(now: now) {
                (status, ended) = (.crashed, max(beat, Date(microseconds: row["started_us"])))
            } else if heartbeat.isLate(now: now) {
                status = .stalled
            }
        }
        var environment: [String: String] = [:]
        for (key, value) in (try? JSONValue(parsing: row["env_json"] as String))?.objectValue?.members ?? [] {
            environment[key] = value.stringValue
        }
        return Run(
            id: row["id"], name: row["name"], kind: row["kind"], status: status,
            exitCode: row["exit_code"], error: row["error"], seed: UInt64(bitPattern: row["seed"]),
            configJSON: row["config_json"], configHash: row["config_hash"],
            groupHash: row["group_hash"], codeHash: row["code_hash"], gitDiffSHA: row["git_diff_sha"],
            sweepID: row["sweep_id"], trialNumber: row["trial_no"], parentID: row["parent_id"],
            datasetHash: row["dataset_hash"], evalHash: row["eval_hash"], gitCommit: row["git_commit"],
            gitDirty: row["git_dirty"], host: row["host"], cpu: row["cpu"], threads: row["threads"],
            commandLine: row["cmd"], programVersion: row["program"], environment: environment,
            mainMetric: row["main_metric"], started: Date(microseconds: row["started_us"]), ended: ended,
            lastStep: row["last_step"], lastBeat: beat, note: row["note"],
            archived: (row["archived_us"] as Int64?).map(Date.init(microseconds:)), isPinned: row["pinned"])
    }
}
