import Statistics

/// A configuration of a sweep over its seeds.
public struct ConfigurationSummary: Sendable {
    public let hash: String
    public let name: String?
    public let assignment: Assignment
    /// The objective by seed, of the trials that came to their end.
    public let values: [Int: Double]
    /// Mean minutes of a run.
    public let minutes: Double?

    public var mean: Double? { SampleSummary(Array(sorted))?.mean }

    /// Half of Student's 95 % interval of the mean; nil for fewer than two seeds.
    public var halfWidth: Double? {
        MeanDifference.paired(sorted).map { $0.halfWidth() }
    }

    private var sorted: [Double] { values.sorted { $0.key < $1.key }.map(\.value) }

    /// One for each configuration, in the order of the trials.
    public static func all(_ outcomes: [TrialOutcome]) -> [ConfigurationSummary] {
        var order: [String] = []
        var groups: [String: [TrialOutcome]] = [:]
        for outcome in outcomes {
            if groups[outcome.hash] == nil { order.append(outcome.hash) }
            groups[outcome.hash, default: []].append(outcome)
        }
        return order.compactMap { hash in
            guard let group = groups[hash], let first = group.first else { return nil }
            var values: [Int: Double] = [:]
            for outcome in group {
                if let value = outcome.value, value.isFinite { values[outcome.seed] = value }
            }
            let minutes = group.filter { $0.value != nil }.compactMap(\.minutes)
            return ConfigurationSummary(
                hash: hash, name: first.name, assignment: first.assignment, values: values,
                minutes: SampleSummary(minutes)?.mean)
        }
    }

    /// Those that have a value, the best first. Configurations of more seeds come before those of fewer: a mean of
    /// one seed has not earned the place of a mean of six.
    public static func ranked(_ outcomes: [TrialOutcome], goal: SweepGoal) -> [ConfigurationSummary] {
        all(outcomes).filter { $0.mean != nil }.enumerated().sorted { first, second in
            let (a, b) = (first.element, second.element)
            if a.values.count != b.values.count { return a.values.count > b.values.count }
            guard let x = a.mean, let y = b.mean, x != y else { return first.offset < second.offset }
            return goal.prefers(x, to: y)
        }.map(\.element)
    }
}
