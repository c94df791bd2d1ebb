import Foundation
import GRDB

extension Workspace {
    /// Enters a trial that the caller is about to run itself, and gives it to this process: one transaction.
    ///
    /// - Returns: nil when the sweep has the configuration with that seed already.
    public func askTrial(of sweep: Sweep.ID, _ trial: TrialDescription) throws -> TrialToken? {
        return try write { database in
            let now = Date()
            let number = try Int.fetchOne(
                database.cachedStatement(
                    sql: "SELECT coalesce(max(no) + 1, 0) FROM trials WHERE sweep_id = ?"),
                arguments: [sweep])
            try database.cachedStatement(
                sql: """
                    INSERT INTO trials (sweep_id, no, label, params_json, params_hash, seed, state, lease_owner,
                        lease_until_us, tries, started_us)
                    VALUES (?, ?, ?, ?, ?, ?, 'running', ?, ?, 1, ?)
                    ON CONFLICT (sweep_id, params_hash, seed) DO NOTHING
                    """
            ).execute(arguments: [
                sweep, number, trial.label, trial.paramsJSON, trial.paramsHash, trial.seed, TrialLease.mine,
                now.addingTimeInterval(TrialLease.duration).microseconds, now.microseconds,
            ])
            guard database.changesCount == 1, let number else { return nil }
            return TrialToken(sweep: sweep, number: number, attempt: 1)
        }
    }

    /// Notes a sign of life of a driver's trial, with what the objective has come to so far, and renews its lease.
    ///
    /// - Returns: false when somebody else works on it by now; then nothing is noted.
    public func noteProgress(
        _ token: TrialToken, by worker: TrialWorker, value: Double?, now: Date = Date()
    ) throws -> Bool {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE trials SET value = coalesce(?, value), lease_until_us = ?
                    WHERE sweep_id = ? AND no = ? AND tries = ? AND lease_owner = ?
                    """,
                arguments: [
                    value, now.addingTimeInterval(worker.leaseSeconds).microseconds, token.sweep,
                    token.number, token.attempt, worker.leaseText,
                ])
            return database.changesCount == 1
        }
    }
}
