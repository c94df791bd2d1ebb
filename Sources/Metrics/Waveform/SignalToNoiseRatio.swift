import Foundation

/// Signal-to-noise ratio over the whole clip, without alignment or scaling:
///
///     SNR = 10 log10(sum s^2 / sum (e - s)^2)
public struct SignalToNoiseRatio: ObjectiveMetric {
    public let name = "snr"
    public let unit = "dB"
    public let direction = MetricDirection.higherIsBetter
    public let range = -Double.infinity...Double.infinity
    public let source = "10 log10(sum s^2 / sum (e - s)^2), whole clip, no alignment, no scaling"
    public let version = 1
    public let needs = MetricNeeds(soundInEstimate: false)

    public init() {}

    public func measure(_ pair: MetricPair) -> MetricResult {
        var signal = 0.0
        var noise = 0.0
        for i in pair.reference.indices {
            let s = Double(pair.reference[i])
            let error = Double(pair.estimate[i]) - s
            signal += s * s
            noise += error * error
        }
        return .value(10 * log10(signal / noise))
    }
}
