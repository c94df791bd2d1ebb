import Audio
import StrictJSON
import Tensor

/// A dataset whose training pairs pass through augmentations, one after the other in the order of the config.
///
/// Each effect draws from a stream of its own, named by the seed, the pair's number and the effect's place: equal
/// keys give equal pairs on any thread. Validation and test are those of the dataset itself.
public struct AugmentedDataset: Dataset {
    public let base: any Dataset
    private let effects: [any AugmentationConfig]
    private let sampleRate: Int
    /// Goes up when effects make other samples of equal parameters.
    private static let version = 2

    /// The dataset itself where there is nothing to change.
    public static func make(
        _ base: any Dataset, _ effects: [Choice<AugmentationRegistry>], sampleRate: Int
    ) -> any Dataset {
        effects.isEmpty
            ? base : AugmentedDataset(base: base, effects: effects.map(\.item), sampleRate: sampleRate)
    }

    private init(base: any Dataset, effects: [any AugmentationConfig], sampleRate: Int) {
        self.base = base
        self.effects = effects
        self.sampleRate = sampleRate
    }

    public func trainingPair(seed: UInt64, index: Int, samples: Int) throws -> AlignedPair {
        try augmented(seed: seed, index: index, samples: samples).pair
    }

    /// A pair with what it was made from and what was drawn on the way.
    public func augmented(
        seed: UInt64, index: Int, samples: Int
    ) throws -> (pair: AlignedPair, original: AlignedPair, drawn: JSONObject) {
        let streams = effects.indices.map { place in
            RandomStream(seed: seed, "augmentation", index, place)
        }
        // Those that take part, with the stream they draw from.
        let active = zip(effects, streams).enumerated().compactMap {
            place, pair -> (effect: any AugmentationConfig, stream: RandomStream)? in
            var stream = pair.1
            return stream.chance(pair.0.probability) ? (pair.0, stream) : nil
        }
        // The last effect gives what is wanted; each one before gives what the next needs.
        var counts = [samples]
        for (effect, stream) in active.reversed() {
            counts.append(effect.needed(for: counts[counts.count - 1], stream: stream))
        }
        let original = try base.trainingPair(seed: seed, index: index, samples: counts[counts.count - 1])
        var pair = original
        var drawn: JSONObject = [:]
        let context = AugmentationContext(sampleRate: sampleRate) { samples, stream in
            var stream = stream
            // Any other pair of the same training; the number is free of those that are drawn in order.
            let other = (1 << 40) + stream.integer(0..<(1 << 30))
            return (try base.trainingPair(seed: seed, index: other, samples: samples), other)
        }
        for (place, (effect, stream)) in active.enumerated() {
            var values: JSONObject = [:]
            try effect.apply(
                &pair, samples: counts[counts.count - 2 - place], context: context, stream: stream,
                drawn: &values)
            drawn[type(of: effect).kind] = .object(values)
        }
        pair.limitPeak()
        return (pair, original, drawn)
    }

    public func items(_ split: EvaluationSplit) -> [EvaluationItem] { base.items(split) }

    public func pair(_ item: EvaluationItem, of split: EvaluationSplit) throws -> AlignedPair {
        try base.pair(item, of: split)
    }

    public var trainingHash: String {
        JSONValue.array(
            [.string(base.trainingHash), .integer(Self.version)]
                + effects.map { effect in
                    .array([.string(type(of: effect).kind), effect.json])
                }
        ).stableHash()
    }

    public var testHash: String { base.testHash }
    public var trainingCount: Int? { base.trainingCount }
    public var issues: [DataIssue] { base.issues }
    public var splitList: SplitList? { base.splitList }
    public var recordings: [ListedRecording] { base.recordings }
}

extension ExperimentConfig {
    /// The dataset with the augmentation of its training pairs.
    public func makeDataset() throws -> any Dataset {
        AugmentedDataset.make(
            try dataset.item.make(sampleRate: audio.sampleRate), augmentation, sampleRate: audio.sampleRate)
    }
}

extension AlignedPair {
    /// Turns both down together where one would pass full scale.
    mutating func limitPeak(to limit: Float = 0.97) {
        var peak: Float = 0
        for signal in [clean, degraded] { for x in signal { peak = max(peak, abs(x)) } }
        guard peak > limit else { return }
        let gain = limit / peak
        for i in clean.indices { clean[i] *= gain }
        for i in degraded.indices { degraded[i] *= gain }
    }
}
