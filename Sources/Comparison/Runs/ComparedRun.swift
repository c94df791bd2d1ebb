/// Which way a figure gets better.
public enum Direction: String, Sendable {
    case max, min, none

    /// Whether `difference` is for the better; nil where no way is better, and for no difference.
    public func isBetter(_ difference: Double) -> Bool? {
        guard self != .none, difference != 0, !difference.isNaN else { return nil }
        return (difference > 0) == (self == .max)
    }
}

/// What a comparison knows of one run.
public struct ComparedRun: Sendable {
    /// A logged metric over the whole run.
    public struct Metric: Sendable {
        public var name: String
        public var unit: String
        public var goal: Direction
        /// How many finite values there are.
        public var count: Int
        /// The last value; may be NaN or infinite.
        public var last: Double
        public var minimum: Double?
        public var maximum: Double?
        public var mean: Double?

        public init(
            name: String, unit: String = "", goal: Direction, count: Int, last: Double, minimum: Double?,
            maximum: Double?, mean: Double?
        ) {
            self.name = name
            self.unit = unit
            self.goal = goal
            self.count = count
            self.last = last
            self.minimum = minimum
            self.maximum = maximum
            self.mean = mean
        }

        /// The best value by the goal; the last one where no way is better.
        public var best: Double? {
            switch goal {
            case .max: maximum
            case .min: minimum
            case .none: last
            }
        }
    }

    /// The value of one metric on one file of a test set.
    public struct Score: Sendable {
        public var dataset: String
        public var checkpoint: String
        public var file: String
        /// The class of the file's degradation; empty when the set has no classes.
        public var condition: String
        /// Who is heard; empty where the set does not tell.
        public var speaker: String
        /// Of the file's content, where it is known.
        public var sha256: String?
        public var metric: String
        /// Values of different versions of a metric cannot be compared.
        public var version: Int
        public var unit: String
        public var goal: Direction
        /// Nil where the metric is not defined on the file.
        public var value: Double?

        public init(
            dataset: String, checkpoint: String, file: String, condition: String = "", speaker: String = "",
            sha256: String? = nil, metric: String, version: Int = 1, unit: String = "", goal: Direction,
            value: Double?
        ) {
            self.dataset = dataset
            self.checkpoint = checkpoint
            self.file = file
            self.condition = condition
            self.speaker = speaker
            self.sha256 = sha256
            self.metric = metric
            self.version = version
            self.unit = unit
            self.goal = goal
            self.value = value
        }
    }

    /// Such as "run12".
    public var address: String
    public var name: String?
    /// Such as "finished" or "crashed".
    public var status: String
    public var seed: UInt64
    /// What runs of one configuration on the same data share whatever their seed and name.
    public var group: String
    public var lastStep: Int?
    /// From start to end, or to now.
    public var seconds: Double
    public var testHash: String?
    public var trainingHash: String?
    public var mainMetric: String?
    /// The commit it was made with, and whether files differed from it.
    public var code: String?
    /// The build of the program that computed it.
    public var program: String?
    /// The configuration, flattened: dotted path and value as text.
    public var parameters: [String: String]
    public var metrics: [String: Metric]
    public var scores: [Score]
    /// The names under which test scores are stored, whether they are in `scores` or not.
    public var checkpoints: Set<String>

    public init(
        address: String, name: String? = nil, status: String = "finished", seed: UInt64,
        group: String? = nil, lastStep: Int? = nil, seconds: Double = 0, testHash: String? = nil,
        trainingHash: String? = nil, mainMetric: String? = nil, code: String? = nil,
        program: String? = nil, parameters: [String: String] = [:],
        metrics: [Metric] = [], scores: [Score] = [], checkpoints: Set<String>? = nil
    ) {
        self.address = address
        self.name = name
        self.status = status
        self.seed = seed
        self.group =
            group
            ?? parameters.filter { !Self.outsideGroup.contains($0.key) }.sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
        self.lastStep = lastStep
        self.seconds = seconds
        self.testHash = testHash
        self.trainingHash = trainingHash
        self.mainMetric = mainMetric
        self.code = code
        self.program = program
        self.parameters = parameters
        self.metrics = Dictionary(metrics.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        self.scores = scores
        self.checkpoints = checkpoints ?? Set(scores.map(\.checkpoint))
    }

    /// Keys that do not tell configurations apart.
    static let outsideGroup: Set<String> = ["seed", "name"]

    public var isFinished: Bool { status == "finished" }
}
