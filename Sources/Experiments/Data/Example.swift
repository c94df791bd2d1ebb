/// What a model of any kind is shown: a sound and, if there is one, what it should be turned into.
public struct Example: Sendable {
    /// What is to be done with the input.
    public enum Target: Sendable {
        /// One signal, as long as the input: a clean recording.
        case signal([Float])
        /// Several signals, each as long as the input, in the order of the dataset's `stems`.
        case stems([[Float]])
        /// Nothing is known beyond the input: recordings for self-supervision.
        case none
    }

    /// Mono, at the rate that the dataset was opened with.
    public var input: [Float]
    public var target: Target

    public init(input: [Float], target: Target) {
        (self.input, self.target) = (input, target)
    }

    public init(_ pair: AlignedPair) { self.init(input: pair.degraded, target: .signal(pair.clean)) }
}

/// What the examples of a dataset have as their targets.
public enum TargetKind: Sendable, Hashable {
    case signal
    /// The names of the stems, in the order in which every example has them.
    case stems([String])
    case none
}

/// Examples of any kind: an endless supply for training, frozen lists for validation and test.
///
/// Everything depends on the arguments alone, so items can be made in any order and on any thread. Who trains on
/// pairs uses `Dataset`, which costs nothing more.
public protocol ExampleSource: Sendable {
    /// What the targets of all examples are.
    var targets: TargetKind { get }

    /// A training example of exactly `samples` samples.
    /// - Parameter index: its number in the run, counted over all batches.
    func trainingExample(seed: UInt64, index: Int, samples: Int) throws -> Example

    /// The frozen list.
    func items(_ split: EvaluationSplit) -> [EvaluationItem]

    /// One entry of a list.
    func example(_ item: EvaluationItem, of split: EvaluationSplit) throws -> Example

    /// Changes when the training data does.
    var trainingHash: String { get }

    /// Changes when the test list or its recordings do; runs with equal hashes can be compared.
    var testHash: String { get }

    /// How many distinct training recordings there are; nil if endless.
    var trainingCount: Int? { get }

    /// Recordings left out so far, as the dataset's policy allows.
    var issues: [DataIssue] { get }

    /// Which recording is in which part; nil where there are no recordings.
    var splitList: SplitList? { get }

    /// Every file that is used, and for what; empty where there are none.
    var recordings: [ListedRecording] { get }
}

extension ExampleSource {
    public var issues: [DataIssue] { [] }
    public var splitList: SplitList? { nil }
    public var recordings: [ListedRecording] { [] }
}

extension Dataset {
    public var targets: TargetKind { .signal }

    public func trainingExample(seed: UInt64, index: Int, samples: Int) throws -> Example {
        Example(try trainingPair(seed: seed, index: index, samples: samples))
    }

    public func example(_ item: EvaluationItem, of split: EvaluationSplit) throws -> Example {
        Example(try pair(item, of: split))
    }
}
