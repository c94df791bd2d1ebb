import Dispatch
import Foundation
import GRDB
import Synchronization

/// The points of one run on their way into the database.
///
/// Two locks: `pending` is held for an instant by the training thread; `written` for a whole transaction by
/// whoever stores. They are always taken in the order `written`, `pending`.
final class PointBuffer: Sendable {
    private struct PendingPoint {
        let metric: Int
        let step: Int
        let time: Int64
        let value: Double
    }

    private struct Batch {
        var points: [PendingPoint] = []
        /// The greatest step of a point.
        var loggedStep: Int?
        /// The step the run says it has completed.
        var statedStep: Int?
    }

    private struct Pending {
        var batch = Batch()
        var names: [String] = []
        var indices: [String: Int] = [:]
        var failure: TrackingError?
        var isClosed = false
    }

    private struct Written {
        /// Nil once the run is over, so that the database is closed as soon as its other owners let it go.
        var workspace: Workspace?
        /// By the index of the metric's name.
        var metrics: [Int: MetricWriter] = [:]
        var loggedStep: Int?
        var statedStep: Int?
        /// By a clock that nobody sets.
        var lastBeat: ContinuousClock.Instant?
        var replaced = 0
    }

    static let batchSize = 2_000
    static let interval = DispatchTimeInterval.milliseconds(400)

    private let databasePath: String
    private let run: Run.ID
    private let attempt: Int
    private let onFailure: (@Sendable (TrackingError) -> Void)?
    private let pending = Mutex(Pending())
    private let written: Mutex<Written>
    private let wake = DispatchSemaphore(value: 0)

    init(
        workspace: Workspace, run: Run.ID, attempt: Int, onFailure: (@Sendable (TrackingError) -> Void)?
    ) {
        databasePath = workspace.databasePath
        written = Mutex(Written(workspace: workspace))
        self.run = run
        self.attempt = attempt
        self.onFailure = onFailure
    }

    // MARK: The training thread's side

    func append(_ metric: String, step: Int, value: Double) throws {
        let time = Date().microseconds
        let count = try pending.withLock { pending in
            try check(pending)
            guard step >= 0, !metric.isEmpty else {
                throw TrackingError.database(
                    path: databasePath, reason: "metric '\(metric)' at step \(step) has no place")
            }
            let index = Self.index(of: metric, in: &pending)
            pending.batch.points.append(PendingPoint(metric: index, step: step, time: time, value: value))
            pending.batch.loggedStep = max(pending.batch.loggedStep ?? -1, step)
            return pending.batch.points.count
        }
        if count == Self.batchSize { wake.signal() }
    }

    func setLastStep(_ step: Int) throws {
        try pending.withLock { pending in
            try check(pending)
            pending.batch.statedStep = step
        }
    }

    func checkOpen() throws {
        try pending.withLock { pending in
            if pending.isClosed { throw TrackingError.runFinished(run: Run.address(of: run)) }
        }
    }

    /// Takes no more points and ends the writer's thread. What is buffered can still be stored.
    func close() {
        pending.withLock { $0.isClosed = true }
        wake.signal()
    }

    /// Lets the database go, after the last `store`.
    func release() {
        written.withLock { $0.workspace = nil }
    }

    /// Ends a buffer whose recorder was dropped without `finish`: its points are still stored.
    func abandon() {
        close()
        try? store()
        release()
    }

    var replacedCount: Int { written.withLock(\.replaced) }

    private func check(_ pending: borrowing Pending) throws {
        if pending.isClosed { throw TrackingError.runFinished(run: Run.address(of: run)) }
        if let failure = pending.failure { throw failure }
    }

    private static func index(of metric: String, in pending: inout Pending) -> Int {
        if let index = pending.indices[metric] { return index }
        let index = pending.names.count
        pending.names.append(metric)
        pending.indices[metric] = index
        return index
    }

    // MARK: The writer's side

    /// The loop of the writer's thread. Failures are kept for the next caller by `store`.
    func storeUntilClosed() {
        while !pending.withLock(\.isClosed) {
            _ = wake.wait(timeout: .now() + Self.interval)
            try? store()
        }
    }

    /// Stores what is buffered in one transaction.
    ///
    /// - Parameter isLast: whether nothing will follow, so that points still in rows are packed.
    func store(isLast: Bool = false) throws {
        try written.withLock { written in
            guard let workspace = written.workspace else { return }
            let (batch, names) = pending.withLock { pending in
                let batch = pending.batch
                pending.batch = Batch()
                pending.batch.points.reserveCapacity(batch.points.count)
                return (batch, pending.names)
            }
            let now = ContinuousClock.now
            let beatIsDue =
                written.lastBeat.map { now - $0 >= .milliseconds(Heartbeat.interval) } ?? true
            guard !batch.points.isEmpty || batch.statedStep != nil || beatIsDue || isLast else { return }
            do {
                let before = written
                written = try workspace.write { database in
                    var after = before
                    try Self.checkOwner(run, attempt, in: database)
                    try Self.write(batch, names: names, run: run, to: database, &after)
                    if let step = batch.loggedStep { after.loggedStep = max(after.loggedStep ?? -1, step) }
                    after.statedStep = batch.statedStep ?? after.statedStep
                    after.lastBeat = now
                    if isLast { try Self.pack(&after, run: run, in: database) }
                    try Self.beat(run, lastStep: after.statedStep ?? after.loggedStep, in: database)
                    return after
                }
                pending.withLock { $0.failure = nil }
            } catch {
                try keep(batch, after: error)
            }
        }
    }

    /// Refuses to write a run that another process has resumed since.
    private static func checkOwner(_ run: Run.ID, _ attempt: Int, in database: Database) throws {
        let newest = try Int.fetchOne(
            database.cachedStatement(sql: "SELECT max(n) FROM attempts WHERE run_id = ?"), arguments: [run])
        if let newest, newest != attempt { throw TrackingError.runTakenOver(run: Run.address(of: run)) }
    }

    /// Gives a sign of life. A run that was taken for dead meanwhile lives again.
    private static func beat(_ run: Run.ID, lastStep: Int?, in database: Database) throws {
        try database.cachedStatement(
            sql: """
                UPDATE runs SET beat_us = ?, last_step = coalesce(?, last_step),
                    error = iif(status = 'crashed', NULL, error),
                    ended_us = iif(status = 'crashed', NULL, ended_us),
                    status = iif(status = 'crashed', 'running', status)
                WHERE id = ?
                """
        ).execute(arguments: [Date().microseconds, lastStep, run])
    }

    private static func pack(_ written: inout Written, run: Run.ID, in database: Database) throws {
        for index in written.metrics.keys { try written.metrics[index]?.pack(run: run, in: database) }
    }

    /// Puts a batch that could not be stored back in front of what came since, and tells of the error.
    private func keep(_ batch: Batch, after error: any Error) throws -> Never {
        let failure =
            error as? TrackingError
            ?? .database(path: databasePath, reason: String(describing: error))
        let isNew = pending.withLock { pending in
            pending.batch.points = batch.points + pending.batch.points
            if let step = batch.loggedStep {
                pending.batch.loggedStep = max(pending.batch.loggedStep ?? -1, step)
            }
            pending.batch.statedStep = pending.batch.statedStep ?? batch.statedStep
            defer { pending.failure = failure }
            return pending.failure == nil
        }
        if isNew { onFailure?(failure) }
        throw failure
    }

    private static func write(
        _ batch: Batch, names: [String], run: Run.ID, to database: Database, _ written: inout Written
    ) throws {
        var columns: [Int: PointColumns] = [:]
        for point in batch.points {
            columns[point.metric, default: PointColumns()]
                .append(step: point.step, time: point.time, value: point.value)
        }
        for (index, points) in columns.sorted(by: { $0.key < $1.key }) {
            var metric =
                try written.metrics[index]
                ?? MetricWriter(
                    of: MetricNames.id(of: names[index], in: database), run: run, in: database)
            written.replaced += try metric.add(points, run: run, to: database)
            written.metrics[index] = metric
        }
    }
}
