import Audio
import Hashing
import StrictJSON

/// A clean recording and its degraded version, mono, equally long and aligned to the sample.
public struct AlignedPair: Sendable {
    public var clean: [Float]
    public var degraded: [Float]
    /// What was drawn to degrade it; nil for recordings that were made as they are.
    public var record: DegradationRecord?

    public init(clean: [Float], degraded: [Float], record: DegradationRecord? = nil) {
        self.clean = clean
        self.degraded = degraded
        self.record = record
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
    /// Who speaks or plays, where the dataset knows; else empty. Results of one person's files hang together.
    public let speaker: String

    public init(name: String, category: String, speaker: String = "") {
        self.name = name
        self.category = category
        self.speaker = speaker
    }
}

/// A frozen part of a dataset.
public enum EvaluationSplit: String, Sendable, CaseIterable {
    case validation, test

    /// The same part with training among its siblings.
    var dataSplit: DataSplit { self == .test ? .test : .validation }
}

/// Pairs of recordings: an endless supply for training, frozen lists for validation and test.
public protocol Dataset: ExampleSource {
    /// A training clip of exactly `samples` samples.
    /// - Parameter index: its number in the run, counted over all batches.
    func trainingPair(seed: UInt64, index: Int, samples: Int) throws -> AlignedPair

    /// The recordings of one entry.
    func pair(_ item: EvaluationItem, of split: EvaluationSplit) throws -> AlignedPair
}

/// A dataset that a config can name.
public protocol DatasetConfig: Component {
    /// Opens pairs at the given sample rate.
    /// - Throws: `ExperimentError` that says what is missing or wrong, also for a dataset that makes no pairs.
    func make(sampleRate: Int) throws -> any Dataset

    /// Opens examples of whatever kind the dataset has.
    /// - Throws: `ExperimentError` that says what is missing or wrong.
    func open(sampleRate: Int) throws -> any ExampleSource
}

extension DatasetConfig {
    public func open(sampleRate: Int) throws -> any ExampleSource { try make(sampleRate: sampleRate) }
}

/// All datasets.
public enum DatasetRegistry: Registry {
    public typealias Item = any DatasetConfig
    public static let name = "dataset"
    public static let kinds: [any Component.Type] = [
        SyntheticDatasetConfig.self, CleanFolderConfig.self, PairedFoldersConfig.self, MixtureConfig.self,
        StemsConfig.self, UnpairedConfig.self, VoiceBankConfig.self, DAPSConfig.self, MUSDBConfig.self,
        DNSChallengeConfig.self, EARSConfig.self, EARSWHAMConfig.self,
    ]
}
