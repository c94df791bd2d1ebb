import Statistics

/// What each factor of an ablation is worth: differences paired over seeds, so that what a lucky seed gives to both
/// sides cancels.
public struct AblationTable: Sendable {
    /// What switching one factor off does to the objective.
    public struct Effect: Sendable {
        public let factor: String
        /// The seeds for which all runs that it needs have come to their end.
        public let seeds: [Int]
        /// Mean of objective without the factor minus objective with it; nil without a seed.
        public let mean: Double?
        /// Half of Student's 95 % interval; nil for fewer than two seeds.
        public let halfWidth: Double?
        /// Two-sided, by exact sign flips; nil for fewer than two seeds.
        public let p: Double?
        /// `p` adjusted by Holm's method for the number of factors.
        public let adjustedP: Double?
        /// The smallest `p` that so many seeds can show.
        public let smallestP: Double
        /// The smallest `adjustedP` that so many seeds can show, if all other factors showed as little.
        public let smallestAdjustedP: Double
        /// The difference that so many seeds of this spread would show in four of five repetitions.
        public let minimumDetectable: Double?
        /// The share of seeds on which the objective is worse without the factor.
        public let worseShare: Double?
        /// Mean minutes of a run without the factor.
        public let minutesWithout: Double?
        /// Mean minutes of a run with it.
        public let minutesWith: Double?

        /// Whether so few seeds could never show p < 0.05, whatever the runs say.
        public var isTooSmall: Bool { smallestAdjustedP > AblationTable.level }
    }

    /// The level that "significant" means.
    public static let level = 0.05

    public let design: AblationDesign
    public let goal: SweepGoal
    public let effects: [Effect]
    /// Every configuration with its mean, the reference first.
    public let configurations: [ConfigurationSummary]

    /// How many seeds the smallest of the adjusted p needs before it can be below 0.05.
    public var seedsNeeded: Int { Self.seedsNeeded(factors: effects.count) }

    /// How many seeds an ablation of so many factors needs.
    public static func seedsNeeded(factors: Int) -> Int {
        SignFlipTest.pairsNeeded(comparisons: factors, level: level)
    }

    /// - Parameters:
    ///   - cases: the design's configurations with the hash of each.
    ///   - outcomes: of all trials.
    public init(
        _ spec: AblationSpec, cases: [(entry: AblationCase, hash: String)], outcomes: [TrialOutcome],
        goal: SweepGoal
    ) {
        design = spec.design
        self.goal = goal
        let summaries = ConfigurationSummary.all(outcomes)
        let byHash = Dictionary(summaries.map { ($0.hash, $0) }) { first, _ in first }
        configurations = cases.map { entry, hash in
            ConfigurationSummary(
                hash: hash, name: entry.name, assignment: entry.assignment,
                values: byHash[hash]?.values ?? [:], minutes: byHash[hash]?.minutes)
        }
        let entries = zip(cases, configurations).map { (off: $0.entry.off, summary: $1) }
        let names = spec.factors.names
        let contrasts = names.map { factor in Contrast(factor, entries, spec.design, all: Set(names)) }
        let tests = contrasts.map { contrast in
            contrast.differences.count < 2
                ? nil : SignFlipTest(contrast.differences, key: contrast.factor)?.p
        }
        let tested = tests.compactMap { $0 }
        var adjusted = Holm.adjusted(tested)[...]
        let comparisons = Double(names.count)
        effects = zip(contrasts, tests).map { contrast, p in
            let student = MeanDifference.paired(contrast.differences)
            let smallest = SignFlipTest.smallestP(pairs: contrast.differences.count)
            let worse = contrast.differences.count { goal.prefers(0, to: $0) }
            let count = contrast.differences.count
            return Effect(
                factor: contrast.factor, seeds: contrast.seeds,
                mean: SampleSummary(contrast.differences)?.mean, halfWidth: student?.halfWidth(), p: p,
                adjustedP: p == nil ? nil : adjusted.popFirst(), smallestP: smallest,
                smallestAdjustedP: min(1, comparisons * smallest),
                minimumDetectable: student?.minimumDetectable(),
                worseShare: count > 0 ? Double(worse) / Double(count) : nil,
                minutesWithout: SampleSummary(contrast.without.compactMap(\.minutes))?.mean,
                minutesWith: SampleSummary(contrast.with.compactMap(\.minutes))?.mean)
        }
    }

    /// The configurations with and without a factor that its effect compares.
    private struct Contrast {
        let factor: String
        var with: [ConfigurationSummary] = []
        var without: [ConfigurationSummary] = []
        var seeds: [Int] = []
        var differences: [Double] = []

        init(
            _ factor: String, _ entries: [(off: Set<String>, summary: ConfigurationSummary)],
            _ design: AblationDesign, all: Set<String>
        ) {
            self.factor = factor
            for (off, summary) in entries {
                switch design {
                case .leaveOneOut:
                    if off.isEmpty { with.append(summary) }
                    if off == [factor] { without.append(summary) }
                case .oneAtATime:
                    if off == all.subtracting([factor]) { with.append(summary) }
                    if off == all { without.append(summary) }
                case .fullFactorial:
                    if off.contains(factor) { without.append(summary) } else { with.append(summary) }
                }
            }
            // A seed counts when every cell has it; otherwise the cells that are there would decide the effect.
            let cells = with + without
            guard let first = cells.first else { return }
            seeds = first.values.keys.sorted().filter { seed in
                cells.allSatisfy { $0.values[seed] != nil }
            }
            differences = seeds.map { seed in
                Self.mean(without, seed) - Self.mean(with, seed)
            }
        }

        private static func mean(_ cells: [ConfigurationSummary], _ seed: Int) -> Double {
            cells.reduce(0) { $0 + ($1.values[seed] ?? .nan) } / Double(max(1, cells.count))
        }
    }
}
