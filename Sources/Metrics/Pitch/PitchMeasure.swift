import Audio

/// One of the melody scores of two recordings: the pitch of the estimate against that of the reference, both
/// tracked by pYIN, from 65 to 1000 Hz in frames of 64 ms at hops of 10 ms.
///
/// What the tracker gets wrong in the reference counts as truth.
///
/// Source: see `MelodyScores` and `ProbabilisticYIN`.
public struct PitchMeasure: ObjectiveMetric {
    public let name: String
    public let unit = ""
    public let direction: MetricDirection
    public let range = 0.0...1.0
    public let source: String
    public let version = 1
    public let sampleRates = SampleRates.atLeast(8000)
    /// A tenth of a second.
    public let needs = MetricNeeds(minimumLength: { $0 / 10 })

    private let index: Int

    /// One measure for each of `MelodyScores.metrics`.
    public static let all: [PitchMeasure] = MelodyScores.metrics.indices.map(PitchMeasure.init)

    private init(_ index: Int) {
        self.index = index
        let score = MelodyScores.metrics[index]
        name = score.name
        direction = score.direction
        source = score.source + ", both tracked by pYIN at 100 frames a second"
    }

    public func measure(_ pair: MetricPair) -> MetricResult {
        pair.shared("melody scores") {
            let frames = PitchFrames(
                sampleRate: pair.sampleRate, frameLength: pair.sampleRate * 64 / 1000,
                hopLength: pair.sampleRate / 100, minimumFrequency: 65, maximumFrequency: 1000)
            let tracker = ProbabilisticYIN(frames)
            let (reference, estimate) = pair.doubles
            return MelodyScores(
                reference: tracker.track(reference).voicedFrequencies,
                estimate: tracker.track(estimate).voicedFrequencies)
        }.all[index]
    }
}
