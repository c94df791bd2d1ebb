import Foundation

/// Scale-invariant signal-to-distortion ratio, without removing means:
///
///     SI-SDR = 10 log10(|a s|^2 / |e - a s|^2),   a = <e, s> / <s, s>
///
/// Source: Le Roux, Wisdom, Erdogan, Hershey, SDR - half-baked or well done?, ICASSP 2019.
public struct ScaleInvariantDistortionRatio: ObjectiveMetric {
    public let name = "si_sdr"
    public let unit = "dB"
    public let direction = MetricDirection.higherIsBetter
    public let source =
        "10 log10(|a s|^2 / |e - a s|^2), a = <e,s>/<s,s>, no mean removal (Le Roux et al. 2019)"
    public let version = 1

    public init() {}

    public func score(reference: [Float], estimate: [Float], sampleRate: Int) -> MetricResult {
        if let defect = defect(reference: reference, estimate: estimate) { return defect }
        var product = 0.0
        var signal = 0.0
        for i in reference.indices {
            let s = Double(reference[i])
            product += s * Double(estimate[i])
            signal += s * s
        }
        guard signal > 0 else { return .undefined(reason: "the reference is silent") }
        let scale = product / signal
        var target = 0.0
        var distortion = 0.0
        for i in reference.indices {
            let projected = scale * Double(reference[i])
            let error = Double(estimate[i]) - projected
            target += projected * projected
            distortion += error * error
        }
        guard target > 0 || distortion > 0 else { return .undefined(reason: "the estimate is silent") }
        return .value(10 * log10(target / distortion))
    }
}
