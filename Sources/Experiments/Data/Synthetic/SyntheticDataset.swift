import Audio
import StrictJSON
import Tensor

/// The built-in synthesiser and its phone: `{"kind": "synthetic"}`.
public struct SyntheticDatasetConfig: DatasetConfig {
    public static let kind = "synthetic"
    public static let summary = "endless synthesised voices and music, degraded by the phone chain"

    public var voiceShare = 0.85
    public var takesPerPerformance = 2
    public var validationItems = 32
    public var testItems = 96
    public var evaluationSeconds = 3.0
    public var snrMinimum = -2.0
    public var snrMaximum = 22.0
    public var classShares = DegradationConfiguration.ClassShares()
    public var simulation: PhoneSimulation?

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("voice_share", \.voiceShare, in: 0...1, "share of voices; the rest is music"),
        Field(
            "takes_per_performance", \.takesPerPerformance, in: 1...64,
            "different degradations that are made of each synthesised performance"),
        Field("validation_items", \.validationItems, in: 4...4096, "items of the frozen validation list"),
        Field("test_items", \.testItems, in: 4...4096, "items of the frozen test list"),
        Field(
            "evaluation_seconds", \.evaluationSeconds, in: 1...60, "length of validation and test items, s"),
        Field("snr_minimum", \.snrMinimum, in: -40...80, "lowest training SNR over the active level, dB"),
        Field("snr_maximum", \.snrMaximum, in: -40...80, "highest training SNR over the active level, dB"),
        Field("class_shares", \.classShares, "relative frequency of each class of degradation in training"),
        Field("simulation", \.simulation, "a whole phone in place of the four classes; null: the classes"),
    ]

    public func validate() throws {
        guard snrMinimum <= snrMaximum else {
            throw JSONError(at: "snr_minimum", "\(snrMinimum) dB is above snr_maximum = \(snrMaximum) dB")
        }
    }

    public func make(sampleRate: Int) throws -> any Dataset {
        guard (8000...96000).contains(sampleRate) else {
            throw ExperimentError.config(
                "audio.sample_rate: the synthesiser accepts 8000 to 96000 Hz, not \(sampleRate)")
        }
        return SyntheticDataset(config: self, sampleRate: sampleRate)
    }
}

struct SyntheticDataset: Dataset {
    let config: SyntheticDatasetConfig
    let sampleRate: Int
    private let synthesiser: Synthesiser
    private let degradation: Degradation

    /// Bumped when the synthesiser or the chain change what they make of a key.
    private static let version = 1

    init(config: SyntheticDatasetConfig, sampleRate: Int) {
        self.config = config
        self.sampleRate = sampleRate
        synthesiser = Synthesiser(sampleRate: sampleRate)
        var distributions = DegradationConfiguration()
        distributions.snr = .init(config.snrMinimum, config.snrMaximum)
        distributions.classShares = config.classShares
        distributions.simulation = config.simulation
        degradation = Degradation(sampleRate: sampleRate, configuration: distributions)
    }

    var trainingCount: Int? { nil }

    func trainingPair(seed: UInt64, index: Int, samples: Int) throws -> AlignedPair {
        let performance = index / config.takesPerPerformance
        let clean = perform("train/\(seed)/\(performance)", samples: samples)
        return degrade(clean, nil, .train, "train/\(seed)/\(index)")
    }

    func items(_ split: EvaluationSplit) -> [EvaluationItem] {
        let classes = degradation.configuration.classes
        let count = split == .test ? config.testItems : config.validationItems
        return (0..<count).map { index in
            let category = classes[index % classes.count].rawValue
            return EvaluationItem(name: "\(split.rawValue)_\(padded(index))_\(category)", category: category)
        }
    }

    func pair(_ item: EvaluationItem, of split: EvaluationSplit) throws -> AlignedPair {
        guard let category = DegradationClass(rawValue: item.category) else {
            throw ExperimentError.config("the synthesiser has no item \(item.name)")
        }
        let clean = perform(
            "\(split.rawValue)/\(item.name)", samples: Int(config.evaluationSeconds * Double(sampleRate)))
        return degrade(
            clean, category, split == .test ? .test : .validation, "\(split.rawValue)/\(item.name)")
    }

    private func perform(_ key: String, samples: Int) -> [Float] {
        var choice = RandomStream(key: "synthetic/kind/" + key)
        let kind: Synthesiser.Kind = choice.chance(config.voiceShare) ? .voice : .music
        let performance = synthesiser.performance(
            kind: kind, seconds: Double(samples) / Double(sampleRate),
            stream: RandomStream(key: "synthetic/performance/" + key))
        return performance.samples
    }

    private func degrade(
        _ clean: [Float], _ category: DegradationClass?, _ split: DataSplit, _ key: String
    ) -> AlignedPair {
        let pair = degradation.degrade(
            clean: clean, class: category, split: split,
            stream: RandomStream(key: "synthetic/degradation/" + key))
        return AlignedPair(clean: pair.clean, degraded: pair.degraded, record: pair.record)
    }

    private func padded(_ index: Int) -> String {
        let text = "\(index)"
        return String(repeating: "0", count: max(0, 3 - text.count)) + text
    }

    var trainingHash: String {
        JSONValue.array([
            .string("synthetic \(Self.version) \(sampleRate)"), config.json.withoutEmptySimulation,
        ])
        .stableHash()
    }

    var testHash: String {
        JSONValue.string(
            "synthetic test \(Self.version) \(sampleRate) \(config.testItems) \(config.evaluationSeconds) "
                + "\(config.voiceShare)" + (config.simulation.map { " " + $0.json.canonicalText } ?? "")
        ).stableHash()
    }
}
