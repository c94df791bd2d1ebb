import Foundation
import GRDB

extension Workspace {
    /// One metric of a run as a curve of at most so many pieces, each with the extremes of its points, so that a spike
    /// shows however coarse the curve is. Reads rollups, not points, where there are many.
    ///
    /// - Parameters:
    ///   - pieces: the greatest number of pieces, at least 1.
    ///   - steps: only the points in this range of steps; pieces at its ends may reach beyond it by a few points.
    ///     nil for all.
    /// - Returns: by step; a piece for each point where there are no more points than pieces. Empty if the run has no
    ///   such metric.
    public func curve(
        of run: Run.ID, metric: String, pieces: Int, steps: ClosedRange<Int>? = nil
    ) throws -> [Rollup] {
        try read { database in
            guard
                let metric = try Int64.fetchOne(
                    database, sql: "SELECT id FROM metric_names WHERE name = ?", arguments: [metric])
            else { return [] }
            let (first, last) = (steps?.lowerBound ?? 0, steps?.upperBound ?? .max)
            // The coarsest level that is fine enough; counting is cheap from above, where there are few.
            for level in (1...RollupPyramid.levels).reversed() {
                let count =
                    try Int.fetchOne(
                        database,
                        sql: """
                            SELECT count(*) FROM rollups
                            WHERE run_id = ? AND metric_id = ? AND level = ? AND last_step >= ? AND first_step <= ?
                            """,
                        arguments: [run, metric, level, first, last]) ?? 0
                guard count >= pieces else { continue }
                let rows = try Row.fetchAll(
                    database,
                    sql: """
                        SELECT * FROM rollups
                        WHERE run_id = ? AND metric_id = ? AND level = ? AND last_step >= ? AND first_step <= ?
                        ORDER BY bucket
                        """,
                    arguments: [run, metric, level, first, last])
                return Rollup.merged(rows.map(Rollup.init(row:)), limit: pieces)
            }
            let points = try PointStore(run: run, metric: metric, database: database)
                .read(from: first, through: last)
            let rollups = points.steps.indices.map {
                Rollup(step: points.steps[$0], value: points.values[$0])
            }
            return Rollup.merged(rollups, limit: pieces)
        }
    }
}

extension Rollup {
    fileprivate init(row: Row) {
        firstStep = row["first_step"]
        lastStep = row["last_step"]
        count = row["n"]
        nonFiniteCount = row["nonfinite"]
        minimum = row["min"] ?? .nan
        maximum = row["max"] ?? .nan
        sum = row["sum"] ?? .nan
        last = row["last"] ?? .nan
    }
}
