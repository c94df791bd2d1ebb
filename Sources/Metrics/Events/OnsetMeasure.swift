import Audio

/// The F-measure of onsets: those found in the estimate against those found in the reference, within 50 ms.
///
/// What the detector gets wrong in the reference counts as truth.
///
/// Source: see `EventScores` and `RhythmAnalysis`.
public struct OnsetMeasure: ObjectiveMetric {
    public let name = "onset_f"
    public let unit = ""
    public let direction = MetricDirection.higherIsBetter
    public let range = 0.0...1.0
    public let source = "F-measure of onsets within 50 ms, both found by spectral flux (Bello et al. 2005)"
    public let version = 1
    public let sampleRates = SampleRates.atLeast(8000)
    /// A tenth of a second.
    public let needs = MetricNeeds(minimumLength: { $0 / 10 })

    public init() {}

    public func measure(_ pair: MetricPair) -> MetricResult {
        let strength = RhythmAnalysis(sampleRate: pair.sampleRate).strength
        let picker = OnsetPicker()
        let (reference, estimate) = pair.doubles
        return EventScores(
            reference: picker.onsets(in: strength.envelope(of: reference)),
            estimate: picker.onsets(in: strength.envelope(of: estimate)), window: EventScores.onsetWindow
        ).fMeasure
    }
}
