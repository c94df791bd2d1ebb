import Foundation
import GRDB
import Synchronization

/// Brings the points of one run into the database, with statistics, rollups and a heartbeat.
///
/// Two locks: that of `pending` is held for an instant by the training thread; `written` for a whole transaction by
/// whoever stores. They are always taken in the order `written`, `pending`.
final class PointWriter: Sendable {
    private struct Written {
        /// Nil once the run is over, so that the database is closed as soon as its other owners let it go.
        var workspace: Workspace?
        /// By the metric's name.
        var metrics: [String: MetricWriter] = [:]
        var loggedStep: Int?
        var statedStep: Int?
        /// By a clock that nobody sets.
        var lastBeat: ContinuousClock.Instant?
        var replaced = 0
        /// Whether something waits in the spill for the database to be free.
        var hasSpilled = false
    }

    /// The time between two transactions.
    static let interval = DispatchTimeInterval.milliseconds(400)
    /// The time before a failed transaction is tried again.
    static let pause = DispatchTimeInterval.seconds(2)

    let pending: PendingPoints
    private let databasePath: String
    private let run: Run.ID
    private let attempt: Int
    private let spill: Spill
    private let onFailure: (@Sendable (TrackingError) -> Void)?
    private let written: Mutex<Written>

    init(
        workspace: Workspace, run: Run.ID, attempt: Int, capacity: Int = PendingPoints.usualCapacity,
        onFailure: (@Sendable (TrackingError) -> Void)?
    ) {
        databasePath = workspace.databasePath
        pending = PendingPoints(run: run, databasePath: workspace.databasePath, capacity: capacity)
        spill = Spill(run: run, attempt: attempt, workspace: workspace.directory)
        written = Mutex(Written(workspace: workspace))
        self.run = run
        self.attempt = attempt
        self.onFailure = onFailure
    }

    /// The loop of the writer's thread. Failures are kept for the next caller by `store`.
    func storeUntilClosed() {
        var pause = Self.interval
        while !pending.isClosed {
            pending.wait(pause)
            do {
                try store()
                pause = Self.interval
            } catch {
                pause = Self.pause
            }
        }
    }

    var replacedCount: Int { written.withLock(\.replaced) }

    /// Lets the database go, after the last `store`.
    func release() {
        written.withLock { $0.workspace = nil }
    }

    /// Ends a writer whose recorder was dropped without `finish`: its points are still stored.
    func abandon() {
        pending.close()
        try? store(isLast: true)
        release()
    }

    /// Stores what is buffered in one transaction; where the database is locked, in the spill.
    ///
    /// - Parameter isLast: whether nothing will follow, so that points still in rows are packed.
    func store(isLast: Bool = false) throws {
        try written.withLock { written in
            guard let workspace = written.workspace else { return }
            let (batch, names) = pending.take()
            let now = ContinuousClock.now
            let beatIsDue =
                written.lastBeat.map { now - $0 >= .milliseconds(Heartbeat.interval) } ?? true
            guard !batch.points.isEmpty || batch.statedStep != nil || beatIsDue || isLast else {
                return pending.succeed(batch)
            }
            do {
                var after = written
                after.lastBeat = now
                let spilled = written.hasSpilled ? try spill.read() : nil
                written = try workspace.write { database in
                    try store(batch, names, after: spilled, isLast: isLast, &after, in: database)
                    return after
                }
                if spilled != nil { spill.delete() }
                written.hasSpilled = false
                pending.succeed(batch)
            } catch TrackingError.locked(let path) {
                try keepAside(batch, names, &written, .locked(path: path))
            } catch {
                try keep(batch, after: error)
            }
        }
    }

    /// Stores what is no point; where the database is locked, in the spill. What comes after something in the spill
    /// goes there, too, so that all enters in its order.
    ///
    /// - Returns: false if the run is over and nothing was stored.
    func store(_ record: RunRecord) throws -> Bool {
        try written.withLock { written in
            guard let workspace = written.workspace else { return false }
            if !written.hasSpilled {
                do {
                    try workspace.write { try record.enter(run, in: $0) }
                    return true
                } catch let failure as TrackingError {
                    guard case .locked = failure else { throw failure }
                    try spill.append(record)
                    onFailure?(failure)
                    written.hasSpilled = true
                    return true
                }
            }
            try spill.append(record)
            return true
        }
    }

    /// Writes the end of the run; where the database is locked, into the spill.
    func close(status: RunStatus, exitCode: Int?, error: String?) throws {
        try written.withLock { written in
            guard let workspace = written.workspace else { return }
            do {
                guard !written.hasSpilled else { throw TrackingError.locked(path: databasePath) }
                try workspace.close(run: run, status: status, exitCode: exitCode, error: error)
            } catch TrackingError.locked {
                try spill.append(
                    Spill.End(status: status, exitCode: exitCode, error: error, time: Date.nowMicroseconds))
            }
        }
    }

    // MARK: Inside the transaction

    private func store(
        _ batch: PendingPoints.Batch, _ names: [String], after spilled: Spill.Contents?, isLast: Bool,
        _ written: inout Written, in database: Database
    ) throws {
        try checkOwner(in: database)
        for (metric, points) in spilled?.series ?? [] {
            try add(points, to: metric, &written, in: database)
        }
        for record in spilled?.records ?? [] { try record.enter(run, isRepeat: true, in: database) }
        for (index, points) in batch.columns(names.count).enumerated() where !points.isEmpty {
            try add(points, to: names[index], &written, in: database)
        }
        if let step = batch.loggedStep { written.loggedStep = max(written.loggedStep ?? -1, step) }
        written.statedStep = batch.statedStep ?? written.statedStep
        if isLast {
            for name in written.metrics.keys { try written.metrics[name]?.pack(run: run, in: database) }
        }
        let step = written.statedStep ?? written.loggedStep ?? spilled?.lastStep
        try database.cachedStatement(sql: Self.beat)
            .execute(arguments: [Date.nowMicroseconds, step, run])
    }

    private func add(
        _ points: PointColumns, to metric: String, _ written: inout Written, in database: Database
    ) throws {
        var writer =
            try written.metrics[metric]
            ?? MetricWriter(of: MetricNames.id(of: metric, in: database), run: run, in: database)
        written.metrics[metric] = nil
        written.replaced += try writer.add(points, run: run, to: database)
        written.metrics[metric] = writer
    }

    /// A sign of life. A run that was taken for dead meanwhile lives again.
    private static let beat = """
        UPDATE runs SET beat_us = ?, last_step = coalesce(?, last_step),
            error = iif(status = 'crashed', NULL, error),
            ended_us = iif(status = 'crashed', NULL, ended_us),
            status = iif(status = 'crashed', 'running', status)
        WHERE id = ?
        """

    /// Refuses to write a run that another process has resumed since.
    private func checkOwner(in database: Database) throws {
        let newest = try Int.fetchOne(
            database.cachedStatement(sql: "SELECT max(n) FROM attempts WHERE run_id = ?"), arguments: [run])
        if let newest, newest != attempt { throw TrackingError.runTakenOver(run: Run.address(of: run)) }
    }

    // MARK: When it does not succeed

    /// Puts a batch into the spill, from where it enters the database with the next transaction that succeeds.
    private func keepAside(
        _ batch: PendingPoints.Batch, _ names: [String], _ written: inout Written, _ failure: TrackingError
    ) throws {
        do {
            try spill.append(batch, names: names)
        } catch {
            try keep(batch, after: failure)
        }
        if let step = batch.loggedStep { written.loggedStep = max(written.loggedStep ?? -1, step) }
        written.statedStep = batch.statedStep ?? written.statedStep
        if !written.hasSpilled { onFailure?(failure) }
        written.hasSpilled = true
        pending.succeed(batch)
    }

    /// Keeps a batch in memory for the next time, and tells of the error.
    private func keep(_ batch: PendingPoints.Batch, after error: any Error) throws -> Never {
        let failure =
            error as? TrackingError ?? .database(path: databasePath, reason: String(describing: error))
        if pending.fail(batch, failure) { onFailure?(failure) }
        throw failure
    }
}
