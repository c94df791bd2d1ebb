import Foundation

/// Short-time objective intelligibility: the mean correlation of third-octave envelopes over segments of
/// 384 ms,
///
///     STOI = mean over bands and segments of corr(x, min(g y, (1 + 10^(15/20)) x)),   g = |x| / |y|
///
/// Source: Taal, Hendriks, Heusdens, Jensen, IEEE TASLP 19(7), 2011.
public struct ShortTimeIntelligibility: ObjectiveMetric {
    public let name = "stoi"
    public let unit = ""
    public let direction = MetricDirection.higherIsBetter
    public let range = -1.0...1.0
    public let source =
        "correlation of 15 third-octave envelopes at 10 kHz, 30-frame segments, clipped at -15 dB (Taal 2011)"
    public let version = 1
    public let sampleRates = SampleRates.atLeast(8000)

    public init() {}

    public func measure(_ pair: MetricPair) -> MetricResult {
        let envelopes = ThirdOctaveEnvelopes.of(pair)
        if let defect = ThirdOctaveEnvelopes.defect(envelopes) { return defect }
        guard let envelopes else { return .undefined(reason: "too short") }
        let length = ThirdOctaveEnvelopes.segmentLength
        let clip = 1 + pow(10, 15.0 / 20)
        let count = envelopes.frameCount
        let segments = count - length + 1
        var total = 0.0
        envelopes.reference.withUnsafeBufferPointer { reference in
            envelopes.estimate.withUnsafeBufferPointer { estimate in
                for band in 0..<ThirdOctaveEnvelopes.bandCount {
                    for start in band * count..<band * count + segments {
                        var xx = 0.0
                        var yy = 0.0
                        for n in start..<start + length {
                            xx += reference[n] * reference[n]
                            yy += estimate[n] * estimate[n]
                        }
                        let gain = (xx / max(yy, .leastNormalMagnitude)).squareRoot()
                        var sums = (x: 0.0, y: 0.0, yy: 0.0, xy: 0.0)
                        for n in start..<start + length {
                            let x = reference[n]
                            let y = min(gain * estimate[n], clip * x)
                            sums.x += x
                            sums.y += y
                            sums.yy += y * y
                            sums.xy += x * y
                        }
                        let scale = 1 / Double(length)
                        let variance =
                            (xx - sums.x * sums.x * scale) * (sums.yy - sums.y * sums.y * scale)
                        // An envelope without variation correlates with nothing.
                        if variance > 1e-24 * xx * xx {
                            total += (sums.xy - sums.x * sums.y * scale) / variance.squareRoot()
                        }
                    }
                }
            }
        }
        // Rounding may pass the bounds of a correlation by an ulp.
        return .value(min(max(total / Double(segments * ThirdOctaveEnvelopes.bandCount), -1), 1))
    }
}
