import Foundation

/// Segmental signal-to-noise ratio, the mean of limited ratios of short frames:
///
///     SNRseg = mean over frames of clamp(10 log10(sum (w s)^2 / (sum (w (e - s))^2 + eps) + eps), -10, 35)
///
/// on 30 ms frames with hops of 7.5 ms, w Hann, eps = 2^-52. Silent frames count.
///
/// Source: Hansen and Pellom, An effective quality evaluation protocol for speech enhancement algorithms,
/// ICSLP 1998; framing of Hu and Loizou 2008.
public struct SegmentalSignalToNoiseRatio: ObjectiveMetric {
    public let name = "segsnr"
    public let unit = "dB"
    public let direction = MetricDirection.higherIsBetter
    public let range = -10.0...35.0
    public let source =
        "mean of 10 log10 frame ratios in [-10, 35], 30 ms Hann frames, 7.5 ms hops (Hansen, Pellom 1998)"
    public let version = 1
    public let sampleRates = SpeechFrames.sampleRates
    public let needs = MetricNeeds(minimumLength: { SpeechFrames(sampleRate: $0).minimumLength })

    public init() {}

    public func measure(_ pair: MetricPair) -> MetricResult {
        let frames = SpeechFrames(sampleRate: pair.sampleRate)
        let epsilon = Double.ulpOfOne
        let count = frames.count(forLength: pair.sampleCount)
        let (reference, estimate) = pair.doubles
        var sum = 0.0
        for t in 0..<count {
            var signal = 0.0
            var noise = 0.0
            for n in 0..<frames.length {
                let s = frames.window[n] * reference[t * frames.hop + n]
                let error = frames.window[n] * estimate[t * frames.hop + n] - s
                signal += s * s
                noise += error * error
            }
            sum += min(max(10 * log10(signal / (noise + epsilon) + epsilon), -10), 35)
        }
        return .value(sum / Double(count))
    }
}

/// Segmental signal-to-noise ratio on adjoining rectangular frames of 20 ms, without frames in which the
/// reference is digital silence:
///
///     mean over frames of clamp(10 log10(sum s^2 / sum (e - s)^2), -10, 35)
public struct RectangularSegmentalSignalToNoiseRatio: ObjectiveMetric {
    public let name = "segsnr_rect20"
    public let unit = "dB"
    public let direction = MetricDirection.higherIsBetter
    public let range = -10.0...35.0
    public let source =
        "mean of 10 log10 frame ratios in [-10, 35], rectangular 20 ms frames, silent frames left out"
    public let version = 1
    public let sampleRates = SampleRates.atLeast(1000)
    public let needs = MetricNeeds(minimumLength: Self.frameLength, soundInEstimate: false)

    public init() {}

    @Sendable private static func frameLength(_ sampleRate: Int) -> Int { sampleRate / 50 }

    public func measure(_ pair: MetricPair) -> MetricResult {
        let length = Self.frameLength(pair.sampleRate)
        var sum = 0.0
        var count = 0
        for start in stride(from: 0, through: pair.sampleCount - length, by: length) {
            var signal = 0.0
            var noise = 0.0
            for i in start..<start + length {
                let s = Double(pair.reference[i])
                let error = Double(pair.estimate[i]) - s
                signal += s * s
                noise += error * error
            }
            guard signal > 0 else { continue }
            sum += min(max(10 * log10(signal / noise), -10), 35)
            count += 1
        }
        guard count > 0 else { return .undefined(reason: "every whole frame of the reference is silent") }
        return .value(sum / Double(count))
    }
}
