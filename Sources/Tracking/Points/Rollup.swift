import GRDB

/// Consecutive points of one metric in one figure: what a curve of many points is drawn from, so that no spike is
/// lost however few pixels there are.
public struct Rollup: Sendable, Equatable {
    public var firstStep: Int
    public var lastStep: Int
    /// The number of finite values.
    public var count: Int
    /// The number of values that were NaN or infinite.
    public var nonFiniteCount: Int
    /// The least finite value; NaN if there is none.
    public var minimum: Double
    /// The greatest finite value; NaN if there is none.
    public var maximum: Double
    /// The sum of the finite values.
    public var sum: Double
    /// The last finite value; NaN if there is none.
    public var last: Double

    /// The mean of the finite values; NaN if there is none.
    public var mean: Double { sum / Double(count) }

    /// One point alone.
    public init(step: Int, value: Double) {
        (firstStep, lastStep) = (step, step)
        let isFinite = value.isFinite
        (count, nonFiniteCount) = isFinite ? (1, 0) : (0, 1)
        let number = isFinite ? value : .nan
        (minimum, maximum, last) = (number, number, number)
        sum = isFinite ? value : 0
    }

    /// Takes in what follows.
    public mutating func add(_ next: Rollup) {
        lastStep = next.lastStep
        nonFiniteCount += next.nonFiniteCount
        guard next.count > 0 else { return }
        if count == 0 || next.minimum < minimum { minimum = next.minimum }
        if count == 0 || next.maximum > maximum { maximum = next.maximum }
        count += next.count
        sum += next.sum
        last = next.last
    }

    /// Fewer, coarser figures: at most `limit`, neighbours put together as evenly as their number allows.
    static func merged(_ rollups: [Rollup], limit: Int) -> [Rollup] {
        guard rollups.count > limit, limit > 0 else { return rollups }
        return (0..<limit).map { place in
            let range = place * rollups.count / limit..<(place + 1) * rollups.count / limit
            var result = rollups[range.lowerBound]
            for next in rollups[range.dropFirst()] { result.add(next) }
            return result
        }
    }
}

/// The rollups of one metric while it grows: level 1 puts 32 points together, level 2 32 of those, and so on.
///
/// A level is stored from its first full bucket on; its newest bucket then is stored, too, as far as it is filled.
struct RollupPyramid: Sendable {
    static let factor = 32
    static let levels = 8

    private(set) var count = 0
    /// By level: the bucket that is being filled, of full buckets of the level below.
    private var open = [Rollup?](repeating: nil, count: RollupPyramid.levels)
    /// Full buckets that were not stored yet.
    private var full: [(level: Int, bucket: Int, rollup: Rollup)] = []

    mutating func add(step: Int, value: Double) {
        count += 1
        var rollup = Rollup(step: step, value: value)
        var size = 1
        for level in 0..<Self.levels {
            if open[level] == nil { open[level] = rollup } else { open[level]?.add(rollup) }
            size *= Self.factor
            guard count % size == 0, let filled = open[level] else { return }
            full.append((level + 1, count / size - 1, filled))
            open[level] = nil
            rollup = filled
        }
    }

    /// Stores what changed since the last time.
    mutating func store(run: Run.ID, metric: Int64, in database: Database) throws {
        let insert = try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO rollups
                    (run_id, metric_id, level, bucket, first_step, last_step, n, nonfinite, min, max, sum, last)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        func put(_ level: Int, _ bucket: Int, _ rollup: Rollup) throws {
            let isEmpty = rollup.count == 0
            try insert.execute(arguments: [
                run, metric, level, bucket, rollup.firstStep, rollup.lastStep, rollup.count,
                rollup.nonFiniteCount, isEmpty ? nil : rollup.minimum, isEmpty ? nil : rollup.maximum,
                rollup.sum, isEmpty ? nil : rollup.last,
            ])
        }
        for (level, bucket, rollup) in full { try put(level, bucket, rollup) }
        full = []
        var partial: Rollup?
        var size = 1
        for level in 0..<Self.levels {
            size *= Self.factor
            if var earlier = open[level] {
                if let partial { earlier.add(partial) }
                partial = earlier
            }
            guard count > size else { return }
            if let partial { try put(level + 1, count / size, partial) }
        }
    }

    /// Writes the rollups of a metric anew.
    static func rebuild(from points: PointColumns, run: Run.ID, metric: Int64, in database: Database) throws
        -> RollupPyramid
    {
        try database.cachedStatement(sql: "DELETE FROM rollups WHERE run_id = ? AND metric_id = ?")
            .execute(arguments: [run, metric])
        var pyramid = RollupPyramid()
        for index in points.steps.indices {
            pyramid.add(step: points.steps[index], value: points.values[index])
        }
        try pyramid.store(run: run, metric: metric, in: database)
        return pyramid
    }
}
