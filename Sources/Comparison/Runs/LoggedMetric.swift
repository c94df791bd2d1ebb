/// A logged metric with its figure in each run and side.
public struct LoggedMetric: Sendable {
    /// Which value of a metric stands for a run.
    public enum Figure: String, Sendable, CaseIterable {
        /// By the metric's goal; the last value where no way is better.
        case best
        case last, min, max, mean

        func value(_ metric: ComparedRun.Metric) -> Double? {
            switch self {
            case .best: metric.best
            case .last: metric.last
            case .min: metric.minimum
            case .max: metric.maximum
            case .mean: metric.mean
            }
        }
    }

    /// A figure over the seeds of one configuration.
    public struct Repeat: Sendable {
        public let metric: String
        public let unit: String
        public let goal: Direction
        public let seeds: SeedValues
    }

    public let name: String
    public let unit: String
    public let goal: Direction
    /// By run; may be NaN or infinite; nil where the run lacks the metric.
    public let values: [Double?]
    /// By side: over its seeds; nil where no run has a finite value.
    public let sides: [SeedValues?]

    /// A side's mean; its only run's value where there is one.
    public func value(side: Int, of sides: [Side]) -> Double? {
        sides[side].isGroup ? self.sides[side]?.mean : values[sides[side].runs[0]]
    }

    /// A side minus the first.
    public func difference(side: Int, of sides: [Side]) -> Double? {
        value(side: side, of: sides).flatMap { value in self.value(side: 0, of: sides).map { value - $0 } }
    }

    /// The side with the best value; nil without a goal, with a tie or with fewer than two values.
    public func better(of sides: [Side]) -> Int? {
        let known = sides.indices.compactMap { side in
            value(side: side, of: sides).flatMap { $0.isFinite ? (side: side, value: $0) : nil }
        }
        guard goal != .none, known.count > 1 else { return nil }
        let sorted = known.sorted { goal == .max ? $0.value > $1.value : $0.value < $1.value }
        return sorted[0].value == sorted[1].value ? nil : sorted[0].side
    }

    static func all(
        _ runs: [ComparedRun], _ sides: [Side], _ figure: Figure, _ selection: MetricSelection
    ) -> [LoggedMetric] {
        Set(runs.flatMap(\.metrics.keys)).sorted().filter(selection.includes(logged:)).compactMap { name in
            guard let known = runs.lazy.compactMap({ $0.metrics[name] }).first else { return nil }
            return LoggedMetric(
                name: name, unit: known.unit, goal: known.goal,
                values: runs.map { $0.metrics[name].flatMap(figure.value) },
                sides: sides.map { side in
                    SeedValues(
                        SeedTable.counted(side, runs).runs.compactMap { index in
                            runs[index].metrics[name].flatMap(figure.value).map { (runs[index].seed, $0) }
                        })
                })
        }
    }
}
