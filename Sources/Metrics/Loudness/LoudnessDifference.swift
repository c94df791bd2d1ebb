import Audio

/// How much louder the estimate is than the reference, as programme loudness:
///
///     dL = L(estimate) - L(reference)
///
/// Zero is best; its sign says which of the two is louder.
///
/// Source: ITU-R BS.1770-4 (integrated loudness, gated).
public struct LoudnessDifference: ObjectiveMetric {
    public let name = "loudness_difference"
    public let unit = "LU"
    public let direction = MetricDirection.nearerZeroIsBetter
    public let range = -Double.infinity...Double.infinity
    public let source = "integrated loudness of the estimate less that of the reference (ITU-R BS.1770-4)"
    public let version = 1
    public let sampleRates = SampleRates.atLeast(8000)
    /// One block of 400 ms.
    public let needs = MetricNeeds(minimumLength: { ($0 * 4 + 9) / 10 })

    public init() {}

    public func measure(_ pair: MetricPair) -> MetricResult {
        func loudness(_ samples: [Float]) throws(SoundMeasurementError) -> Double? {
            try ProgrammeLoudness.measure(Waveform(sampleRate: pair.sampleRate, mono: samples)).integrated
        }
        do throws(SoundMeasurementError) {
            guard let reference = try loudness(pair.reference) else {
                return .undefined(reason: "the reference does not rise above -70 LUFS")
            }
            guard let estimate = try loudness(pair.estimate) else {
                return .undefined(reason: "the estimate does not rise above -70 LUFS")
            }
            return .value(estimate - reference)
        } catch {
            return .undefined(reason: error.description)
        }
    }
}
