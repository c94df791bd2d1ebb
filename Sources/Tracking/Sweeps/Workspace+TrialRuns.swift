import Foundation
import GRDB

extension Workspace {
    /// How long a run was worked on, in seconds: the sum of its attempts, without the breaks between them.
    public func workingSeconds(of run: Run.ID, now: Date = Date()) throws -> TimeInterval {
        let rows = try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT attempts.started_us, attempts.ended_us, beat_us, status
                    FROM attempts JOIN runs ON runs.id = run_id WHERE run_id = ?
                    """,
                arguments: [run])
        }
        return rows.reduce(0) { sum, row in
            let start: Int64 = row["started_us"]
            let end: Int64 = row["ended_us"] ?? row["beat_us"]
            return sum + Double(max(0, end - start)) / 1e6
        }
    }

    /// Sends SIGTERM to the process that works on a run, if that is alive and on this machine.
    ///
    /// - Returns: whether it was sent.
    @discardableResult
    public func askProcessToStop(of run: Run.ID) -> Bool {
        let row = try? read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT host, boot_id, pid, pid_start FROM runs WHERE id = ? AND status = 'running'",
                arguments: [run])
        }
        guard let row else { return false }
        let writer = ProcessIdentity(
            host: row["host"], bootID: row["boot_id"], processID: row["pid"], processStart: row["pid_start"])
        guard writer.host == HostFacts.hostName, !writer.isGone else { return false }
        return kill(pid_t(truncatingIfNeeded: writer.processID), SIGTERM) == 0
    }

    /// Runs of a group that came to their end, the latest first: what an estimate of time is made from.
    ///
    /// - Parameter groupHash: nil for runs of every group.
    public func finishedRuns(groupHash: String?, limit: Int) throws -> [(
        run: Run.ID, configJSON: String, threads: Int?
    )] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT id, config_json, threads FROM runs
                    WHERE status = 'finished' AND kind = 'train' AND host = ? AND (? IS NULL OR group_hash = ?)
                    ORDER BY id DESC LIMIT ?
                    """,
                arguments: [HostFacts.hostName, groupHash, groupHash, limit])
        }.map { ($0[0], $0[1], $0[2]) }
    }
}

extension Workspace {
    /// A trial as it is now; nil if there is no such trial.
    public func trial(_ token: TrialToken) throws -> Trial? {
        try read { database in
            try Row.fetchOne(
                database, sql: "SELECT * FROM trials WHERE sweep_id = ? AND no = ?",
                arguments: [token.sweep, token.number])
        }.map(Self.trial)
    }
}
