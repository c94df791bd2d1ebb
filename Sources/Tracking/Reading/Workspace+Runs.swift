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

    /// The run with this number.
    func run(id: Run.ID, now: Date) throws -> Run {
        let row = try read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM runs WHERE id = ?", arguments: [id])
        }
        guard let row else {
            throw TrackingError.notFound(reason: "\(Run.address(of: id)) was removed just now")
        }
        return try run(from: row, now: now)
    }

    private func run(from row: Row, now: Date) throws -> Run {
        let stored: String = row["status"]
        guard var status = RunStatus(rawValue: stored) else {
            throw TrackingError.damaged(path: databasePath, reason: "a run has the status '\(stored)'")
        }
        let beat = Date(microseconds: row["beat_us"])
        var ended = (row["ended_us"] as Int64?).map(Date.init(microseconds:))
        var error: String? = row["error"]
        if status == .running {
            let heartbeat = Heartbeat(row)
            if heartbeat.isDead(now: now) {
                (status, ended) = (.crashed, max(beat, Date(microseconds: row["started_us"])))
                error = reasonOfCrash(of: row["id"])
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
            exitCode: row["exit_code"], error: error, seed: UInt64(bitPattern: row["seed"]),
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
