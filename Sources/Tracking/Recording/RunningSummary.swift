import GRDB

/// The statistics of one metric, kept up to date point by point.
///
/// Mean and squared deviations follow Welford (Technometrics 4, 1962), which stays exact for long series
/// where a sum of squares would not.
struct RunningSummary: Sendable {
    private(set) var count = 0
    private(set) var nonFiniteCount = 0
    private(set) var first: Double?
    private(set) var last = Double.nan
    private(set) var lastStep = -1
    private(set) var minimum: (value: Double, step: Int)?
    private(set) var maximum: (value: Double, step: Int)?
    private(set) var mean = 0.0
    private(set) var squaredDeviations = 0.0

    mutating func add(step: Int, value: Double) {
        last = value
        lastStep = step
        guard value.isFinite else {
            nonFiniteCount += 1
            return
        }
        count += 1
        if first == nil { first = value }
        if minimum.map({ value < $0.value }) ?? true { minimum = (value, step) }
        if maximum.map({ value > $0.value }) ?? true { maximum = (value, step) }
        let deviation = value - mean
        mean += deviation / Double(count)
        squaredDeviations += deviation * (value - mean)
    }

    /// The statistics of stored points, by step.
    init(_ points: PointColumns) {
        for index in points.steps.indices { add(step: points.steps[index], value: points.values[index]) }
    }

    init() {}

    func store(run: Run.ID, metric: Int64, in database: Database) throws {
        let lastFlag = ValueFlag(last)
        let statement = try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO summary (run_id, metric_id, n, nonfinite, first, last, last_flag,
                    last_step, min, min_step, max, max_step, mean, m2)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            run, metric, count, nonFiniteCount, first, lastFlag == .finite ? last : nil, lastFlag.rawValue,
            lastStep, minimum?.value, minimum?.step, maximum?.value, maximum?.step,
            count > 0 ? Self.storable(mean) : nil, count > 0 ? Self.storable(squaredDeviations) : nil,
        ])
    }

    /// Deviations of values near the greatest Double overflow; SQLite would turn a NaN into a forbidden NULL.
    private static func storable(_ value: Double) -> Double {
        value.isFinite ? value : Double.greatestFiniteMagnitude
    }
}
