import Foundation
import GRDB
import Hashing
import StrictJSON

extension Workspace {
    /// Enters a new run with status `running` and returns the recorder that writes it.
    ///
    /// - Parameters:
    ///   - run: what is known about the run.
    ///   - onFailure: called on the writer's thread when points cannot be stored; the points are kept and
    ///     tried again, and the next call of the recorder throws the same error.
    /// - Throws: `TrackingError.invalidDescription` when the configuration is not a JSON object, and what
    ///   writing the database or the run's folder throws.
    public func startRun(
        _ run: RunDescription, onFailure: (@Sendable (TrackingError) -> Void)? = nil
    ) throws -> RunRecorder {
        let id = try insert(run, writer: .current, now: Date())
        do {
            try Self.makeFolder(directory(of: id), of: directory)
        } catch {
            // The folder's error is the story; one while noting it would hide it.
            try? close(run: id, status: .failed, exitCode: 1, error: "\(error)")
            throw error
        }
        return RunRecorder(workspace: self, run: id, onFailure: onFailure)
    }

    func insert(_ run: RunDescription, writer: ProcessIdentity, now: Date) throws -> Run.ID {
        guard let config = try? JSONValue(parsing: run.configJSON), case .object = config else {
            throw TrackingError.invalidDescription(reason: "its configuration is not a JSON object")
        }
        if let threads = run.threads, threads < 1 {
            throw TrackingError.invalidDescription(reason: "\(threads) threads; at least 1 is needed")
        }
        let environment = JSONValue.object(JSONObject(run.environment.mapValues(JSONValue.string)))
            .canonicalText
        let name = run.name.flatMap { $0.isEmpty ? nil : $0 }
        return try write { database in
            let newest = try Int.fetchOne(database, sql: "SELECT max(id) FROM runs") ?? 0
            let uuid = SHA256.hex(
                of: "\(writer.host)/\(writer.bootID ?? "")/\(writer.processID)/\(writer.processStart ?? 0)"
                    + "/\(now.microseconds)/\(newest)")
            try database.execute(
                sql: """
                    INSERT INTO runs (
                        uuid, name, kind, status, seed, config_json, config_hash, dataset_hash, eval_hash,
                        git_commit, git_dirty, host, cpu, threads, boot_id, pid, pid_start, cmd, program,
                        env_json, main_metric, started_us, beat_us, beat_every_ms, group_hash, code_hash, git_diff_sha,
                        sweep_id, trial_no, parent_id)
                    VALUES (?, ?, ?, 'running', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                        ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    String(uuid.prefix(32)), name, run.kind, Int64(bitPattern: run.seed), run.configJSON,
                    run.configHash, run.datasetHash, run.evalHash, run.gitCommit, run.gitDirty, writer.host,
                    run.cpu, run.threads, writer.bootID, writer.processID, writer.processStart,
                    run.commandLine, run.programVersion, environment, run.mainMetric, now.microseconds,
                    now.microseconds, Heartbeat.interval, run.groupHash ?? run.configHash, run.codeHash,
                    run.gitDiffSHA, run.sweepID, run.trialNumber, run.parentID,
                ])
            let id = database.lastInsertedRowID
            try database.execute(
                sql: "INSERT INTO attempts (run_id, n, from_step, started_us) VALUES (?, 1, 0, ?)",
                arguments: [id, now.microseconds])
            try Self.insertParameters(config, run: id, in: database)
            return id
        }
    }

    /// Writes the end of a run.
    func close(run: Run.ID, status: RunStatus, exitCode: Int?, error: String?) throws {
        try write { database in
            try Self.close(
                run: run, status: status, exitCode: exitCode, error: error, time: Date.nowMicroseconds,
                in: database)
        }
    }

    static func close(
        run: Run.ID, status: RunStatus, exitCode: Int?, error: String?, time: Int64, in database: Database
    ) throws {
        try database.execute(
            sql: """
                UPDATE runs SET status = ?, exit_code = ?, error = ?,
                    ended_us = max(?, started_us), beat_us = ? WHERE id = ?
                """,
            arguments: [status.rawValue, exitCode, error, time, time, run])
        try database.execute(
            sql: "UPDATE attempts SET ended_us = max(?, started_us) WHERE run_id = ? AND ended_us IS NULL",
            arguments: [time, run])
    }
}
