import GRDB

/// What the writer of a run knows about one metric, so that it need not ask the database.
struct MetricWriter: Sendable {
    let metric: Int64
    /// The greatest stored step, -1 without any.
    private(set) var lastStep = -1
    private(set) var tailCount = 0
    private(set) var summary = RunningSummary()
    private var pyramid = RollupPyramid()

    /// Reads what the database holds of a metric already; for a new run that is nothing.
    init(of metric: Int64, run: Run.ID, in database: Database) throws {
        self.metric = metric
        let store = PointStore(run: run, metric: metric, database: database)
        let points = try store.read()
        if points.isEmpty { return }
        tailCount = try store.readTail().count
        try rebuild(points, run: run, in: database)
    }

    /// Stores points in the order they were logged, with statistics and rollups.
    ///
    /// - Returns: how many points were replaced by later ones of the same step.
    mutating func add(_ logged: PointColumns, run: Run.ID, to database: Database) throws -> Int {
        let points = logged.sortedKeepingLast
        guard let first = points.steps.first, let last = points.steps.last else { return 0 }
        let store = PointStore(run: run, metric: metric, database: database)
        var replaced = logged.count - points.count
        if first > lastStep {
            try store.append(points, tailCount: &tailCount)
            for index in points.steps.indices {
                let (step, value) = (points.steps[index], points.values[index])
                summary.add(step: step, value: value)
                pyramid.add(step: step, value: value)
            }
            lastStep = last
            try pyramid.store(run: run, metric: metric, in: database)
        } else {
            let merged = try store.merge(points)
            replaced += merged.replaced
            tailCount = merged.tailCount
            try rebuild(store.read(), run: run, in: database)
        }
        try summary.store(run: run, metric: metric, in: database)
        return replaced
    }

    /// Packs what is still stored in rows.
    mutating func pack(run: Run.ID, in database: Database) throws {
        guard tailCount > 0 else { return }
        try PointStore(run: run, metric: metric, database: database).packTail()
        tailCount = 0
    }

    private mutating func rebuild(_ points: PointColumns, run: Run.ID, in database: Database) throws {
        summary = RunningSummary(points)
        pyramid = try RollupPyramid.rebuild(from: points, run: run, metric: metric, in: database)
        lastStep = points.steps.last ?? -1
    }

    /// Writes statistics and rollups of a metric anew from its stored points, or deletes them if it has none left.
    static func refresh(_ metric: Int64, run: Run.ID, in database: Database) throws {
        let points = try PointStore(run: run, metric: metric, database: database).read()
        _ = try RollupPyramid.rebuild(from: points, run: run, metric: metric, in: database)
        if points.isEmpty {
            try database.execute(
                sql: "DELETE FROM summary WHERE run_id = ? AND metric_id = ?", arguments: [run, metric])
        } else {
            try RunningSummary(points).store(run: run, metric: metric, in: database)
        }
    }
}
