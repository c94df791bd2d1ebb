import Foundation
import GRDB
import StrictJSON

extension Workspace {
    /// The flattened configuration of a run: dotted path and value as text, sorted by path.
    public func parameters(of run: Run.ID) throws -> [(key: String, value: String)] {
        let rows = try read { database in
            try Row.fetchAll(
                database, sql: "SELECT key, txt FROM params WHERE run_id = ? ORDER BY key", arguments: [run])
        }
        return rows.map { ($0["key"], $0["txt"]) }
    }

    /// The statistics of every metric a run has logged, sorted by name.
    public func summaries(of run: Run.ID) throws -> [MetricSummary] {
        let rows = try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT summary.*, name, unit, goal FROM summary
                    JOIN metric_names ON metric_names.id = metric_id WHERE run_id = ? ORDER BY name
                    """,
                arguments: [run])
        }
        return rows.map(Self.summary)
    }

    private static func summary(from row: Row) -> MetricSummary {
        let count: Int = row["n"]
        let deviations: Double? = row["m2"]
        return MetricSummary(
            metric: row["name"], unit: row["unit"], goal: MetricGoal(rawValue: row["goal"]) ?? .none,
            count: count, nonFiniteCount: row["nonfinite"], first: row["first"],
            last: ValueFlag.number(row["last"], flag: row["last_flag"]), lastStep: row["last_step"],
            minimum: row["min"], minimumStep: row["min_step"], maximum: row["max"],
            maximumStep: row["max_step"], mean: row["mean"],
            standardDeviation: count < 2
                ? nil : deviations.map { (max(0, $0) / Double(count - 1)).squareRoot() })
    }

    /// The values of one metric of a run in a range of steps, by step; empty if it has none there.
    public func points(of run: Run.ID, metric: String, steps: ClosedRange<Int>) throws -> [Point] {
        let columns = try read { database in
            let id = try Int64.fetchOne(
                database, sql: "SELECT id FROM metric_names WHERE name = ?", arguments: [metric])
            return try PointStore(run: run, metric: id ?? 0, database: database)
                .read(from: steps.lowerBound, through: steps.upperBound)
        }
        return Self.points(columns)
    }

    private static func points(_ columns: PointColumns) -> [Point] {
        columns.steps.indices.map { index in
            Point(
                step: columns.steps[index], value: columns.values[index],
                time: Date(microseconds: columns.times[index]))
        }
    }

    /// All values of one metric of a run, by step.
    ///
    /// - Throws: `TrackingError.unknownMetric` with the nearest name, or all, when the run has no such metric.
    public func series(of run: Run.ID, metric: String) throws -> Series {
        let summaries = try summaries(of: run)
        guard let summary = summaries.first(where: { $0.metric == metric }) else {
            let known = summaries.map(\.metric)
            let nearest = nearestName(to: metric, among: known)
            throw TrackingError.unknownMetric(
                name: metric, run: Run.address(of: run), nearest: nearest.map { [$0] } ?? known)
        }
        let columns = try read { database in
            let id = try Int64.fetchOne(
                database, sql: "SELECT id FROM metric_names WHERE name = ?", arguments: [metric])
            return try PointStore(run: run, metric: id ?? 0, database: database).read()
        }
        return Series(
            metric: metric, unit: summary.unit, goal: summary.goal, points: Self.points(columns))
    }
}
