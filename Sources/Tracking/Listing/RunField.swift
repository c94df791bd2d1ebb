/// Which number stands for a metric's series.
public enum MetricStatistic: String, Sendable, CaseIterable {
    /// The last value logged.
    case last
    /// The greatest or the smallest, whichever the metric's goal is; the last for a metric without a goal.
    case best
    case min, max, mean, first
    /// How many values there are.
    case count

    /// The statistic as an expression over a row of `summary`. A last value that is no number is NULL.
    func expression(goal: MetricGoal) -> String {
        switch self {
        case .last: Self.lastExpression("summary")
        case .best: goal == .none ? Self.lastExpression("summary") : "summary.\(goal.rawValue)"
        case .count: "summary.n + summary.nonfinite"
        case .min, .max, .mean, .first: "summary.\(rawValue)"
        }
    }

    /// SQLite reads 9e999 as infinity.
    private static func lastExpression(_ table: String) -> String {
        "CASE \(table).last_flag WHEN 0 THEN \(table).last WHEN 2 THEN 9e999 WHEN 3 THEN -9e999 END"
    }

    /// The best value of a row of `table`, which is `summary` or another name for it.
    static func bestExpression(goal: String, of table: String) -> String {
        "CASE \(goal) WHEN 'max' THEN \(table).max WHEN 'min' THEN \(table).min"
            + " ELSE \(lastExpression(table)) END"
    }
}

/// Something that lists can show, sort by and filter on.
public enum RunField: Sendable, Hashable {
    case attribute(RunAttribute)
    /// A key of the configuration.
    case parameter(String)
    /// A logged metric.
    case metric(id: Int64, name: String, MetricStatistic, MetricGoal)
    /// The mean of a metric over the files of the test set.
    case score(id: Int64, name: String, checkpoint: String, MetricGoal)

    /// Which way the values get better, where they do.
    public var goal: MetricGoal {
        switch self {
        case .metric(_, _, .count, _): .none
        case .metric(_, _, _, let goal), .score(_, _, _, let goal): goal
        default: .none
        }
    }
}

/// The value of a field for one run.
public enum RunValue: Sendable, Equatable {
    case absent
    case number(Double)
    case whole(Int64)
    /// A seed, which takes all 64 bits.
    case unsigned(UInt64)
    case text(String)
    case flag(Bool)
    case moment(Int64)
    /// Seconds.
    case span(Double)
    case run(Run.ID)
    case tags([String])
}
