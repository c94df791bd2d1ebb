import Audio
import Hashing
import StrictJSON

/// A clean recording and its degraded version, mono, equally long and aligned to the sample.
public struct AlignedPair: Sendable {
    public var clean: [Float]
    public var degraded: [Float]

    public init(clean: [Float], degraded: [Float]) {
        self.clean = clean
        self.degraded = degraded
    }

    /// SHA-256 over the rate and the samples of both signals as 32-bit floats.
    public func sha256(sampleRate: Int) -> String {
        var digest = SHA256()
        digest.update("\(sampleRate) \(clean.count) ".utf8)
        for signal in [clean, degraded] {
            signal.withUnsafeBytes { digest.update($0) }
        }
        return digest.finish()
    }
}

/// One entry of a frozen validation or test list.
public struct EvaluationItem: Sendable, Hashable {
    /// Unique in its list; stays the same as long as the list's hash does.
    public let name: String
    /// What tables group by, for example `N`.
    public let category: String

    public init(name: String, category: String) {
        self.name = name
        self.category = category
    }
}

/// A frozen part of a dataset.
public enum EvaluationSplit: String, Sendable, CaseIterable {
    case validation, test

    /// The same part with training among its siblings.
    var dataSplit: DataSplit { self == .test ? .test : .validation }
}

/// Pairs of recordings: an endless supply for training, frozen lists for validation and test.
///
/// Everything depends on the arguments alone, so items can be made in any order and on any thread.
public protocol Dataset: Sendable {
    /// A training clip of exactly `samples` samples.
    /// - Parameter index: its number in the run, counted over all batches.
    func trainingPair(seed: UInt64, index: Int, samples: Int) throws -> AlignedPair

    /// The frozen list.
    func items(_ split: EvaluationSplit) -> [EvaluationItem]

    /// The recordings of one entry.
    func pair(_ item: EvaluationItem, of split: EvaluationSplit) throws -> AlignedPair

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
}

extension Dataset {
    public var issues: [DataIssue] { [] }
    public var splitList: SplitList? { nil }
}

/// A dataset that a config can name.
public protocol DatasetConfig: Component {
    /// Opens the dataset at the given sample rate.
    /// - Throws: `ExperimentError` that says what is missing or wrong.
    func make(sampleRate: Int) throws -> any Dataset
}

/// All datasets.
public enum DatasetRegistry: Registry {
    public typealias Item = any DatasetConfig
    public static let name = "dataset"
    public static let kinds: [any Component.Type] = [
        SyntheticDatasetConfig.self, CleanFolderConfig.self, PairedFoldersConfig.self, MixtureConfig.self,
    ]
}
