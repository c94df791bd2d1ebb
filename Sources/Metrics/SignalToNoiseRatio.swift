import Foundation

/// Signal-to-noise ratio over the whole clip, without alignment or scaling:
///
///     SNR = 10 log10(sum s^2 / sum (e - s)^2)
public struct SignalToNoiseRatio: ObjectiveMetric {
    public let name = "snr"
    public let unit = "dB"
    public let direction = MetricDirection.higherIsBetter
    public let source = "10 log10(sum s^2 / sum (e - s)^2), whole clip, no alignment, no scaling"
    public let version = 1

    public init() {}

    public func score(reference: [Float], estimate: [Float], sampleRate: Int) -> MetricResult {
        if let defect = defect(reference: reference, estimate: estimate) { return defect }
        var signal = 0.0
        var noise = 0.0
        for i in reference.indices {
            let s = Double(reference[i])
            let error = Double(estimate[i]) - s
            signal += s * s
            noise += error * error
        }
        guard signal > 0 else { return .undefined(reason: "the reference is silent") }
        return .value(10 * log10(signal / noise))
    }
}
