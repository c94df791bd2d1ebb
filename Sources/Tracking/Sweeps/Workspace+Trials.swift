import Foundation
import GRDB

extension Workspace {
    /// Enters trials; those whose configuration and seed the sweep has already are left as they are.
    ///
    /// - Parameter expected: how many trials the sweep must have for these to be entered; whoever chose them by
    ///   looking at the others gives it, and looks again when nothing was entered. nil: whatever it has.
    /// - Returns: how many were new.
    @discardableResult
    public func addTrials(
        to sweep: Sweep.ID, _ trials: [TrialDescription], expecting expected: Int? = nil
    ) throws -> Int {
        try write { database in
            var next = try Self.nextNumber(sweep, in: database)
            if let expected, next != expected { return 0 }
            let before = next
            let statement = try database.cachedStatement(
                sql: """
                    INSERT INTO trials (sweep_id, no, label, params_json, params_hash, seed, state)
                    VALUES (?, ?, ?, ?, ?, ?, 'waiting') ON CONFLICT (sweep_id, params_hash, seed) DO NOTHING
                    """)
            for trial in trials {
                try statement.execute(arguments: [
                    sweep, next, trial.label, trial.paramsJSON, trial.paramsHash, trial.seed,
                ])
                if database.changesCount > 0 { next += 1 }
            }
            return next - before
        }
    }

    private static func nextNumber(_ sweep: Sweep.ID, in database: Database) throws -> Int {
        try Int.fetchOne(
            database, sql: "SELECT coalesce(max(no) + 1, 0) FROM trials WHERE sweep_id = ?",
            arguments: [sweep]) ?? 0
    }

    /// The trials of a sweep by number.
    public func trials(of sweep: Sweep.ID) throws -> [Trial] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM trials WHERE sweep_id = ? ORDER BY no", arguments: [sweep])
        }.map(Self.trial)
    }

    /// Gives a worker the next trial to work on: one that nobody works on any more, else the first that waits.
    ///
    /// A driver is given again what it has, and no trial whose run a process of the workbench could watch.
    ///
    /// - Parameter startsNew: false to take only what was begun once.
    /// - Returns: nil when there is none.
    public func claimTrial(
        of sweep: Sweep.ID, by worker: TrialWorker = .thisProcess, startsNew: Bool = true, now: Date = Date()
    ) throws -> ClaimedTrial? {
        try write { database in
            let running = try Row.fetchAll(
                database,
                sql: "SELECT * FROM trials WHERE sweep_id = ? AND state = 'running' ORDER BY no",
                arguments: [sweep])
            if case .driver(let name, _) = worker, let own = running.first(where: { Self.driver($0) == name })
            {
                try Self.lease(own, by: worker, now: now, startsTry: false, in: database)
                return .start(Self.trial(from: own), Self.token(own, attempt: own["tries"]))
            }
            for row in running {
                let lease = TrialLease(owner: row["lease_owner"], until: row["lease_until_us"])
                guard lease?.isFree(now: now) ?? true else { continue }
                if let adopted = try Self.adoptable(row, now: now, in: database) {
                    guard worker == .thisProcess else { continue }
                    try Self.lease(row, by: worker, now: now, startsTry: false, in: database)
                    return adopted
                }
                return try Self.start(row, by: worker, now: now, in: database)
            }
            let waiting = try Row.fetchOne(
                database,
                sql: """
                    SELECT * FROM trials WHERE sweep_id = ? AND state = 'waiting' AND (? OR tries > 0)
                    ORDER BY no LIMIT 1
                    """,
                arguments: [sweep, startsNew])
            return try waiting.map { try Self.start($0, by: worker, now: now, in: database) }
        }
    }

    /// The name of the driver that works on a trial.
    private static func driver(_ row: Row) -> String? {
        guard case .driver(let name, _)? = (row["lease_owner"] as String?).flatMap(TrialWorker.init(driver:))
        else { return nil }
        return name
    }

    /// A trial whose run goes on, or has come to an end that nobody has noted; nil when it has to be started again.
    private static func adoptable(_ row: Row, now: Date, in database: Database) throws -> ClaimedTrial? {
        guard let run: Run.ID = row["run_id"],
            let found = try Row.fetchOne(database, sql: "SELECT * FROM runs WHERE id = ?", arguments: [run])
        else { return nil }
        let heartbeat = Heartbeat(found)
        switch RunStatus(rawValue: found["status"]) {
        case .running where !heartbeat.isDead(now: now), .finished, .failed: break
        default: return nil
        }
        let isRunning = (found["status"] as String) == RunStatus.running.rawValue
        let isGone =
            isRunning && heartbeat.writer.host == HostFacts.hostName && heartbeat.writer.isGone
        return .adopt(trial(from: row), token(row, attempt: row["tries"]), run: run, isGone: isGone)
    }

    private static func start(
        _ row: Row, by worker: TrialWorker, now: Date, in database: Database
    ) throws -> ClaimedTrial {
        try lease(row, by: worker, now: now, startsTry: true, in: database)
        return .start(trial(from: row), token(row, attempt: (row["tries"] as Int) + 1))
    }

    private static func token(_ row: Row, attempt: Int) -> TrialToken {
        TrialToken(sweep: row["sweep_id"], number: row["no"], attempt: attempt)
    }

    private static func lease(
        _ row: Row, by worker: TrialWorker, now: Date, startsTry: Bool, in database: Database
    ) throws {
        try database.execute(
            sql: """
                UPDATE trials SET state = 'running', lease_owner = ?, lease_until_us = ?, tries = tries + ?,
                    fail_reason = NULL, started_us = coalesce(started_us, ?), ended_us = NULL
                WHERE sweep_id = ? AND no = ?
                """,
            arguments: [
                worker.leaseText, now.addingTimeInterval(worker.leaseSeconds).microseconds,
                startsTry ? 1 : 0, now.microseconds, row["sweep_id"] as Int64, row["no"] as Int,
            ])
    }

    /// Keeps everything that this process works on for another while.
    public func renewLeases(of sweep: Sweep.ID, now: Date = Date()) throws {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE trials SET lease_until_us = ?
                    WHERE sweep_id = ? AND state = 'running' AND lease_owner = ?
                    """,
                arguments: [
                    now.addingTimeInterval(TrialLease.duration).microseconds, sweep,
                    TrialLease.mine,
                ])
        }
    }

    /// How many processes and drivers work on a sweep, this one left out.
    public func otherWorkers(on sweep: Sweep.ID, now: Date = Date()) throws -> Int {
        let rows = try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT lease_owner, max(lease_until_us) AS until FROM trials
                    WHERE sweep_id = ? AND state = 'running' AND lease_owner IS NOT NULL GROUP BY lease_owner
                    """,
                arguments: [sweep])
        }
        return rows.count { row in
            let lease = TrialLease(owner: row["lease_owner"], until: row["until"])
            return (row["lease_owner"] as String) != TrialLease.mine && !(lease?.isFree(now: now) ?? true)
        }
    }

    /// Enters which run a try of a trial has. Called by the run's own process before it trains.
    ///
    /// - Throws: `SweepError.trialLost` when the try is not the trial's newest any more.
    public func attach(run: Run.ID, to token: TrialToken) throws {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE trials SET run_id = ?
                    WHERE sweep_id = ? AND no = ? AND tries = ? AND state = 'running'
                    """,
                arguments: [run, token.sweep, token.number, token.attempt])
            guard database.changesCount == 1 else {
                throw SweepError.trialLost(address: "\(Sweep.address(of: token.sweep))/\(token.number)")
            }
            try database.execute(
                sql: "UPDATE runs SET sweep_id = ?, trial_no = ? WHERE id = ?",
                arguments: [token.sweep, token.number, run])
        }
    }

    /// Notes the end of a trial.
    ///
    /// - Returns: false when somebody else works on it by now; then nothing is noted.
    @discardableResult
    public func endTrial(
        _ token: TrialToken, by worker: TrialWorker = .thisProcess, _ state: TrialState, value: Double? = nil,
        reason: String? = nil
    ) throws -> Bool {
        try write { database in
            try Self.end(token, by: worker, state, value: value, reason: reason, now: Date(), in: database)
        }
    }

    static func end(
        _ token: TrialToken, by worker: TrialWorker, _ state: TrialState, value: Double?, reason: String?,
        now: Date, in database: Database
    ) throws -> Bool {
        try database.cachedStatement(
            sql: """
                UPDATE trials SET state = ?, value = ?, fail_reason = ?, ended_us = ?, lease_owner = NULL,
                    lease_until_us = NULL, failures = failures + ?
                WHERE sweep_id = ? AND no = ? AND tries = ? AND lease_owner = ?
                """
        ).execute(arguments: [
            state.rawValue, value.flatMap { $0.isFinite ? $0 : nil }, reason, now.microseconds,
            state == .failed ? 1 : 0, token.sweep, token.number, token.attempt, worker.leaseText,
        ])
        return database.changesCount == 1
    }

    /// Why a trial goes back to those that wait.
    public enum TrialReturn: Sendable {
        /// It was interrupted, by a pause or with its whole machine; its run can be taken up again.
        case interrupted
        /// Its process broke down; its run can be taken up again.
        case crashed
        /// It ended with an error; it begins anew.
        case failed
        /// Its run cannot be taken up again; it begins anew.
        case refused
    }

    /// Puts a trial back among those that wait.
    @discardableResult
    public func returnTrial(
        _ token: TrialToken, by worker: TrialWorker = .thisProcess, _ cause: TrialReturn,
        reason: String? = nil
    ) throws -> Bool {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE trials SET state = 'waiting', value = NULL, lease_owner = NULL, lease_until_us = NULL,
                        fail_reason = ?,
                        crashes = crashes + ?, failures = failures + ?, run_id = CASE WHEN ? THEN NULL ELSE run_id END
                    WHERE sweep_id = ? AND no = ? AND tries = ? AND lease_owner = ?
                    """,
                arguments: [
                    reason, cause == .crashed ? 1 : 0, cause == .failed ? 1 : 0,
                    cause == .failed || cause == .refused, token.sweep, token.number, token.attempt,
                    worker.leaseText,
                ])
            return database.changesCount == 1
        }
    }

    /// Lets trials that came to no good end wait again, as if they had never been tried.
    ///
    /// - Parameters:
    ///   - states: of which states.
    ///   - number: one trial; nil for all.
    /// - Returns: how many there are.
    @discardableResult
    public func retryTrials(of sweep: Sweep.ID, states: Set<TrialState>, number: Int? = nil) throws -> Int {
        try write { database in
            var count = 0
            for state in states.intersection([.failed, .stopped]).map(\.rawValue).sorted() {
                try database.execute(
                    sql: """
                        UPDATE trials SET state = 'waiting', value = NULL, fail_reason = NULL, crashes = 0,
                            failures = 0, ended_us = NULL, run_id = CASE state WHEN 'failed' THEN NULL ELSE run_id END
                        WHERE sweep_id = ? AND state = ? AND (? IS NULL OR no = ?)
                        """,
                    arguments: [sweep, state, number, number])
                count += database.changesCount
            }
            return count
        }
    }

    /// Ends all trials that wait.
    public func stopWaitingTrials(of sweep: Sweep.ID) throws {
        try write { database in
            try database.execute(
                sql: "UPDATE trials SET state = 'stopped' WHERE sweep_id = ? AND state = 'waiting'",
                arguments: [sweep])
        }
    }

    static func trial(from row: Row) -> Trial {
        Trial(
            sweep: row["sweep_id"], number: row["no"], label: row["label"], paramsJSON: row["params_json"],
            paramsHash: row["params_hash"], seed: row["seed"],
            state: TrialState(rawValue: row["state"]) ?? .failed, rung: row["rung"], value: row["value"],
            run: row["run_id"], tries: row["tries"], crashes: row["crashes"], failures: row["failures"],
            reason: row["fail_reason"],
            driver: (row["lease_owner"] as String?).flatMap(TrialWorker.init(driver:)),
            leaseEnds: (row["lease_until_us"] as Int64?).map(Date.init(microseconds:)),
            started: (row["started_us"] as Int64?).map(Date.init(microseconds:)),
            ended: (row["ended_us"] as Int64?).map(Date.init(microseconds:)))
    }
}
