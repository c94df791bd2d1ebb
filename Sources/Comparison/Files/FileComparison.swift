import Statistics

/// Two sides on the same files: one row of the table of test scores.
///
/// It says something about these weights on such files, and nothing about training again.
public struct FileComparison: Sendable {
    /// One file's difference.
    public struct File: Sendable, Equatable {
        public let file: String
        /// Empty where the set has no classes.
        public let condition: String
        /// Empty where the set does not tell.
        public let speaker: String
        /// Second minus first.
        public let difference: Double
    }

    public let dataset: String
    public let checkpoint: String
    public let metric: String
    public let unit: String
    public let goal: Direction
    /// The class; nil for all files.
    public let condition: String?
    /// The speaker whose files these are; nil for all files.
    public let speaker: String?
    /// The side that is compared with the first.
    public let other: Int
    /// How many files both sides have a finite score of.
    public let files: Int
    /// How many files only one side has a finite score of.
    public let unmatched: Int
    /// Means over the shared files.
    public let first: Double
    public let second: Double
    /// The mean of second minus first.
    public let difference: Double
    /// The 95 % interval of the mean difference (bootstrap of clusters, BCa); nil for fewer than five files.
    public let interval: ClosedRange<Double>?
    /// What was drawn.
    public let clusters: FileClusters
    /// On how many files the second is better, ties counting half; nil where no way is better.
    public let filesBetter: Double?
    /// Wilcoxon's signed-rank test, two-sided; nil where all differences are zero.
    public let p: Double?
    /// Adjusted by Holm's method over the tested rows; nil for rows outside of the test.
    public internal(set) var adjusted: Double?
    /// The files on which the second is worse than the first, the worst first, five at most; empty where no way is
    /// better.
    public let worst: [File]

    /// The share of files on which the second is better; nil where no way is better.
    public var shareBetter: Double? { filesBetter.map { $0 / Double(files) } }

    /// Whether the second is better as far as the figures go; nil for no difference.
    public var isBetter: Bool? { goal.isBetter(difference) }

    /// Whether the row is over all files, not those of a class or a speaker.
    public var isWhole: Bool { condition == nil && speaker == nil }

    static let mostWorst = 5

    /// What makes a row, before its figures are computed.
    struct Input: Sendable {
        var dataset: String
        var key: ScoreKey
        var unit: String
        var goal: Direction
        var condition: String?
        var speaker: String?
        var other: Int
        var unmatched: Int
        /// The shared files in a fixed order, at least one.
        var files: [(name: String, condition: String, speaker: String, first: Double, second: Double)]
        var clusters: FileClusters
    }

    /// - Parameter samples: drawn for as many clusters as the row has.
    init(_ input: Input, _ samples: DrawnSamples?) {
        let count = Double(input.files.count)
        let differences = input.files.map { $0.second - $0.first }
        dataset = input.dataset
        checkpoint = input.key.checkpoint
        metric = input.key.metric
        unit = input.unit
        goal = input.goal
        condition = input.condition
        speaker = input.speaker
        clusters = input.clusters
        other = input.other
        files = input.files.count
        unmatched = input.unmatched
        first = input.files.reduce(0) { $0 + $1.first } / count
        second = input.files.reduce(0) { $0 + $1.second } / count
        difference = differences.reduce(0, +) / count
        interval =
            clusters.kind == .none
            ? samples?.correctedMeanInterval(differences)
            : samples?.correctedMeanInterval(ofClusters: clusters.sums(differences))
        let goal = input.goal
        filesBetter =
            goal == .none
            ? nil : differences.reduce(0.0) { $0 + (goal.isBetter($1).map { $0 ? 1 : 0 } ?? 0.5) }
        p = WilcoxonSignedRank(differences)?.p
        let worse = input.files.indices.filter { goal.isBetter(differences[$0]) == false }
        worst = worse.sorted { abs(differences[$0]) > abs(differences[$1]) }.prefix(Self.mostWorst).map {
            File(
                file: input.files[$0].name, condition: input.files[$0].condition,
                speaker: input.files[$0].speaker, difference: differences[$0])
        }
    }
}
