/// Source-to-distortion ratio that forgives any filter of 512 taps: BSS Eval version 3 for a single source.
///
/// Source: Vincent, Gribonval, Fevotte, Performance measurement in blind audio source separation, IEEE TASLP
/// 14(4), 2006.
public struct FilteredDistortionRatio: ObjectiveMetric {
    public let name = "bss_sdr"
    public let unit = "dB"
    public let direction = MetricDirection.higherIsBetter
    public let range = -Double.infinity...Double.infinity
    public let source = "BSS Eval v3 SDR of one source, 512-tap distortion allowed (Vincent et al. 2006)"
    public let version = 1
    /// Signals shorter than the filters can always be made from each other.
    public let needs = MetricNeeds(minimumLength: { _ in 2 * SeparationEvaluation.taps })

    public init() {}

    public func measure(_ pair: MetricPair) -> MetricResult {
        do throws(SeparationError) {
            let scores = try SeparationEvaluation.version3(
                references: [pair.reference], estimates: [pair.estimate])
            return scores.frames[0][0].sdr
        } catch {
            return .undefined(reason: error.description)
        }
    }
}
