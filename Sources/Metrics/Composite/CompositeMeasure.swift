/// A composite measure of Hu and Loizou: a linear function of other measures, limited to [1, 5].
///
/// PESQ is the wide-band score at 16 kHz and the raw narrow-band score at 8 kHz, as is usual.
///
/// Source: Hu and Loizou, Evaluation of objective quality measures for speech enhancement, IEEE TASLP 16(1),
/// 2008.
public struct CompositeMeasure: ObjectiveMetric {
    public let name: String
    public let unit = "MOS"
    public let direction = MetricDirection.higherIsBetter
    public let range = 1.0...5.0
    public let source: String
    public let version = 1
    public let sampleRates = SpeechFrames.sampleRates
    public let needs = MetricNeeds(minimumLength: WideBandSpeechQuality().needs.minimumLength)

    private let constant: Double
    private let terms: [(weight: Double, metric: any ObjectiveMetric)]

    /// Signal distortion: 3.093 - 1.029 LLR + 0.603 PESQ - 0.009 WSS.
    public static let signal = CompositeMeasure(
        name: "csig", constant: 3.093, quality: 0.603,
        terms: [(-1.029, LogLikelihoodRatio()), (-0.009, WeightedSpectralSlope())])

    /// Intrusiveness of the background: 1.634 + 0.478 PESQ - 0.007 WSS + 0.063 segSNR.
    public static let background = CompositeMeasure(
        name: "cbak", constant: 1.634, quality: 0.478,
        terms: [(-0.007, WeightedSpectralSlope()), (0.063, SegmentalSignalToNoiseRatio())])

    /// Overall quality: 1.594 + 0.805 PESQ - 0.512 LLR - 0.007 WSS.
    public static let overall = CompositeMeasure(
        name: "covl", constant: 1.594, quality: 0.805,
        terms: [(-0.512, LogLikelihoodRatio()), (-0.007, WeightedSpectralSlope())])

    private let quality: Double

    private init(
        name: String, constant: Double, quality: Double,
        terms: [(weight: Double, metric: any ObjectiveMetric)]
    ) {
        self.name = name
        self.constant = constant
        self.quality = quality
        self.terms = terms
        let parts = terms.map { "\($0.weight < 0 ? "-" : "+") \(abs($0.weight)) \($0.metric.name)" }
        source =
            "\(constant) + \(quality) pesq " + parts.joined(separator: " ")
            + ", limited to [1, 5] (Hu, Loizou 2008)"
    }

    public func measure(_ pair: MetricPair) -> MetricResult {
        let heard: any ObjectiveMetric =
            pair.sampleRate == 16000 ? WideBandSpeechQuality() : RawSpeechQuality()
        var sum = constant
        for (weight, metric) in terms + [(quality, heard)] {
            switch metric.score(pair) {
            case .value(let value): sum += weight * value
            case .undefined(let reason): return .undefined(reason: "\(metric.name): \(reason)")
            }
        }
        return .value(min(max(sum, 1), 5))
    }
}
