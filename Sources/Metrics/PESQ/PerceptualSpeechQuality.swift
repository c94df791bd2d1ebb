import Foundation

/// Listening quality of narrow-band speech: PESQ (own implementation of ITU-T P.862), mapped to MOS-LQO.
///
///     MOS-LQO = 0.999 + 4 / (1 + exp(-1.4945 raw + 4.6607))
///
/// Source: ITU-T P.862 (02/2001) and P.862.1 (11/2003).
public struct NarrowBandSpeechQuality: ObjectiveMetric {
    public let name = "pesq_nb"
    public let unit = "MOS-LQO"
    public let direction = MetricDirection.higherIsBetter
    public let range = 0.999...4.5487
    public let source = "own implementation of ITU-T P.862 with the mapping of P.862.1"
    public let version = 1
    public let sampleRates = SampleRates.only([8000, 16000])
    public let needs = MetricNeeds(minimumLength: PESQ.minimumLength)

    public init() {}

    public func measure(_ pair: MetricPair) -> MetricResult {
        PESQ.rawScore(pair, band: .narrow).map { 0.999 + 4 / (1 + exp(-1.4945 * $0 + 4.6607)) }
    }
}

/// Listening quality of wide-band speech: PESQ (own implementation of ITU-T P.862.2), mapped to MOS-LQO.
///
///     MOS-LQO = 0.999 + 4 / (1 + exp(-1.3669 raw + 3.8224))
///
/// Source: ITU-T P.862.2 (11/2007).
public struct WideBandSpeechQuality: ObjectiveMetric {
    public let name = "pesq_wb"
    public let unit = "MOS-LQO"
    public let direction = MetricDirection.higherIsBetter
    public let range = 0.999...4.6439
    public let source = "own implementation of ITU-T P.862.2"
    public let version = 1
    public let sampleRates = SampleRates.only([16000])
    public let needs = MetricNeeds(minimumLength: PESQ.minimumLength)

    public init() {}

    public func measure(_ pair: MetricPair) -> MetricResult {
        PESQ.rawScore(pair, band: .wide).map { 0.999 + 4 / (1 + exp(-1.3669 * $0 + 3.8224)) }
    }
}

/// The raw score of narrow-band PESQ, before the mapping to MOS-LQO.
///
/// Source: ITU-T P.862 (02/2001).
public struct RawSpeechQuality: ObjectiveMetric {
    public let name = "pesq_raw_nb"
    public let unit = "PESQ"
    public let direction = MetricDirection.higherIsBetter
    public let range = -0.5...4.5
    public let source = "own implementation of ITU-T P.862, raw score"
    public let version = 1
    public let sampleRates = SampleRates.only([8000, 16000])
    public let needs = MetricNeeds(minimumLength: PESQ.minimumLength)

    public init() {}

    public func measure(_ pair: MetricPair) -> MetricResult { PESQ.rawScore(pair, band: .narrow) }
}
