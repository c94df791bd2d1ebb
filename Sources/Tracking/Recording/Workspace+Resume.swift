import Foundation
import GRDB

extension Workspace {
    /// Takes up a run that ended before it was finished, as a new attempt.
    ///
    /// What earlier attempts logged at `fromStep` or later will be logged again, so one transaction deletes it: points,
    /// statistics and rollups, artifacts of those steps, and all scores of files, which belong to weights that will be
    /// trained further. An event tells how many points were dropped. Half-written files in the run's folder are removed.
    ///
    /// - Parameters:
    ///   - run: the run's number.
    ///   - fromStep: the first step that will be computed again, at least 0: one more than the step of the checkpoint,
    ///     or 0 to begin anew.
    ///   - checkpointSHA: the SHA-256 of the checkpoint the training continues from; nil without one.
    ///   - threads: how many threads compute now; nil leaves what is noted.
    ///   - onFailure: as of `startRun`.
    /// - Throws: `TrackingError.unknownRun`; `.runFinished` if there is nothing left to do; `.runIsAlive` if another
    ///   process still works on it; what writing the database throws.
    public func resume(
        _ run: Run.ID, fromStep: Int, checkpointSHA: String? = nil, threads: Int? = nil,
        onFailure: (@Sendable (TrackingError) -> Void)? = nil
    ) throws -> RunRecorder {
        guard fromStep >= 0 else {
            throw TrackingError.invalidDescription(reason: "step \(fromStep); at least 0 is needed")
        }
        let words = LastWords.text(of: run, in: self)
        let attempt = try write { database in
            let attempt = try Self.resume(
                run, fromStep: fromStep, checkpointSHA: checkpointSHA, threads: threads, writer: .current,
                now: Date(), in: database)
            if let words {
                try Self.addEvent(
                    run: run, .warning, "attempt \(attempt - 1) had crashed", body: words, in: database)
            }
            return attempt
        }
        LastWords.remove(of: run, in: self)
        let folder = directory(of: run)
        try Self.makeFolder(folder, of: directory)
        // What the process that died was writing: nobody else writes here, and nothing names it.
        for path in FileTree.files(in: folder) where path.hasSuffix(".partial") {
            try? FileManager.default.removeItem(at: folder.appendingPathComponent(path))
        }
        return RunRecorder(workspace: self, run: run, attempt: attempt, onFailure: onFailure)
    }

    /// - Returns: the number of the new attempt.
    static func resume(
        _ run: Run.ID, fromStep: Int, checkpointSHA: String?, threads: Int?, writer: ProcessIdentity,
        now: Date,
        in database: Database
    ) throws -> Int {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM runs WHERE id = ?", arguments: [run])
        else {
            throw TrackingError.unknownRun(address: Run.address(of: run), nearest: [])
        }
        let status: String = row["status"]
        if status == RunStatus.finished.rawValue {
            throw TrackingError.runFinished(run: Run.address(of: run))
        }
        let heartbeat = Heartbeat(row)
        if status == RunStatus.running.rawValue, !heartbeat.isOver(now: now) {
            throw TrackingError.runIsAlive(
                run: Run.address(of: run), process: heartbeat.writer.processID, host: heartbeat.writer.host)
        }
        let dropped = try drop(from: fromStep, run: run, in: database)
        let started: Int64 = row["started_us"]
        let ended: Int64 = row["ended_us"] ?? row["beat_us"]
        try database.execute(
            sql: "UPDATE attempts SET ended_us = max(?, started_us) WHERE run_id = ? AND ended_us IS NULL",
            arguments: [ended, run])
        let number =
            try Int.fetchOne(
                database, sql: "SELECT max(n) + 1 FROM attempts WHERE run_id = ?", arguments: [run]) ?? 1
        let time = max(now.microseconds, started)
        try database.execute(
            sql: """
                INSERT INTO attempts (run_id, n, from_step, checkpoint_sha, dropped_points, started_us)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [run, number, fromStep, checkpointSHA, dropped, time])
        try database.execute(
            sql: """
                UPDATE runs SET status = 'running', exit_code = NULL, error = NULL, ended_us = NULL, beat_us = ?,
                    last_step = ?, host = ?, boot_id = ?, pid = ?, pid_start = ?, threads = coalesce(?, threads)
                WHERE id = ?
                """,
            arguments: [
                now.microseconds, fromStep > 0 ? fromStep - 1 : nil, writer.host, writer.bootID,
                writer.processID, writer.processStart, threads, run,
            ])
        let place = fromStep == 0 ? "restarted at step 0" : "resumed at step \(fromStep)"
        try addEvent(
            run: run, .info, "\(place), attempt \(number): \(dropped) points dropped", in: database)
        return number
    }

    /// Deletes what a run logged from a step on.
    ///
    /// - Returns: how many points there were.
    private static func drop(from step: Int, run: Run.ID, in database: Database) throws -> Int {
        let metrics = try Int64.fetchAll(
            database, sql: "SELECT metric_id FROM summary WHERE run_id = ?", arguments: [run])
        var dropped = 0
        for metric in metrics {
            let count = try PointStore(run: run, metric: metric, database: database).delete(from: step)
            if count > 0 { try MetricWriter.refresh(metric, run: run, in: database) }
            dropped += count
        }
        try database.execute(
            sql: "DELETE FROM artifacts WHERE run_id = ? AND step >= ?", arguments: [run, step])
        try database.execute(sql: "DELETE FROM file_scores WHERE run_id = ?", arguments: [run])
        return dropped
    }

    /// The stretches of work of a run, oldest first.
    public func attempts(of run: Run.ID) throws -> [Attempt] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM attempts WHERE run_id = ? ORDER BY n", arguments: [run])
        }.map { row in
            Attempt(
                number: row["n"], fromStep: row["from_step"], checkpointSHA: row["checkpoint_sha"],
                droppedPoints: row["dropped_points"], started: Date(microseconds: row["started_us"]),
                ended: (row["ended_us"] as Int64?).map(Date.init(microseconds:)))
        }
    }
}
