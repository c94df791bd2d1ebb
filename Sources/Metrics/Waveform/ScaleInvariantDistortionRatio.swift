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
    public let range = -Double.infinity...Double.infinity
    public let source =
        "10 log10(|a s|^2 / |e - a s|^2), a = <e,s>/<s,s>, no mean removal (Le Roux et al. 2019)"
    public let version = 1

    public init() {}

    public func measure(_ pair: MetricPair) -> MetricResult {
        scaleInvariantRatio(pair, referenceMean: 0, estimateMean: 0)
    }
}

/// Scale-invariant signal-to-distortion ratio of the signals less their means, as several toolkits compute
/// it. An estimate that differs by a constant is perfect to this measure.
///
/// Source: as for `ScaleInvariantDistortionRatio`.
public struct ZeroMeanDistortionRatio: ObjectiveMetric {
    public let name = "si_sdr_zero_mean"
    public let unit = "dB"
    public let direction = MetricDirection.higherIsBetter
    public let range = -Double.infinity...Double.infinity
    public let source = "si_sdr of the signals less their means (Le Roux et al. 2019)"
    public let version = 1

    public init() {}

    public func measure(_ pair: MetricPair) -> MetricResult {
        func mean(_ samples: [Float]) -> Double {
            samples.reduce(0) { $0 + Double($1) } / Double(samples.count)
        }
        return scaleInvariantRatio(
            pair, referenceMean: mean(pair.reference), estimateMean: mean(pair.estimate))
    }
}

/// The ratio after subtracting the given means.
private func scaleInvariantRatio(
    _ pair: MetricPair, referenceMean: Double, estimateMean: Double
) -> MetricResult {
    var product = 0.0
    var signal = 0.0
    var power = 0.0
    for i in pair.reference.indices {
        let s = Double(pair.reference[i]) - referenceMean
        let e = Double(pair.estimate[i]) - estimateMean
        product += s * e
        signal += s * s
        power += e * e
    }
    // A constant is silence to the variant without means.
    guard signal > 0 else { return .undefined(reason: "the reference is constant") }
    guard power > 0 else { return .undefined(reason: "the estimate is constant") }
    let scale = product / signal
    var target = 0.0
    var distortion = 0.0
    for i in pair.reference.indices {
        let projected = scale * (Double(pair.reference[i]) - referenceMean)
        let error = Double(pair.estimate[i]) - estimateMean - projected
        target += projected * projected
        distortion += error * error
    }
    return .value(10 * log10(target / distortion))
}
