import Foundation
import GRDB

/// What a trial had come to at a rung of pruning.
public struct TrialRung: Sendable, Equatable {
    public let trial: Int
    /// The configuration: equal for its seeds.
    public let paramsHash: String
    public let seed: Int
    public let value: Double
}

extension Workspace {
    /// Notes a trial's value at a rung, once, and tells the values of all trials that have come there.
    public func enterRung(_ token: TrialToken, rung: Int, value: Double) throws -> [TrialRung] {
        try write { database in
            try database.execute(
                sql:
                    "INSERT INTO trial_rungs (sweep_id, no, rung, value) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                arguments: [token.sweep, token.number, rung, value])
            try database.execute(
                sql: "UPDATE trials SET rung = max(rung, ?) WHERE sweep_id = ? AND no = ?",
                arguments: [rung + 1, token.sweep, token.number])
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT no, params_hash, seed, trial_rungs.value FROM trial_rungs JOIN trials USING (sweep_id, no)
                    WHERE sweep_id = ? AND trial_rungs.rung = ? ORDER BY no
                    """,
                arguments: [token.sweep, rung]
            ).map { TrialRung(trial: $0[0], paramsHash: $0[1], seed: $0[2], value: $0[3]) }
        }
    }

    /// Ends a trial early, with the run that it had, and all that wait of the same configuration: what one seed has
    /// lost the others need not try.
    ///
    /// - Returns: false when somebody else works on it by now; then nothing is noted.
    @discardableResult
    public func pruneTrial(
        _ token: TrialToken, by worker: TrialWorker = .thisProcess, run: Run.ID?, value: Double?,
        reason: String
    ) throws -> Bool {
        try write { database in
            guard
                try Self.end(
                    token, by: worker, .pruned, value: value, reason: reason, now: Date(), in: database)
            else { return false }
            if let run {
                try database.execute(
                    sql: "UPDATE runs SET status = 'pruned', error = ? WHERE id = ? AND ended_us IS NOT NULL",
                    arguments: [reason, run])
            }
            try database.execute(
                sql: """
                    UPDATE trials SET state = 'pruned', fail_reason = ? WHERE sweep_id = ? AND state = 'waiting'
                    AND params_hash = (SELECT params_hash FROM trials WHERE sweep_id = ? AND no = ?)
                    """,
                arguments: ["its configuration was pruned", token.sweep, token.sweep, token.number])
            return true
        }
    }

    /// The last value of one metric at or below a step, or the best so far.
    ///
    /// - Parameter best: nil for the last value.
    /// - Returns: nil when nothing finite was logged so far.
    public func value(of run: Run.ID, metric: String, upTo step: Int, best goal: MetricGoal?) throws
        -> Double?
    {
        guard let points = try? series(of: run, metric: metric).points else { return nil }
        let values = points.filter { $0.step <= step && $0.value.isFinite }.map(\.value)
        switch goal {
        case .min: return values.min()
        case .max: return values.max()
        default: return values.last
        }
    }
}
