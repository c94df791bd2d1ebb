import Audio
import Foundation

/// Log-spectral distance in the form used for bandwidth extension, in units of log10 of power:
///
///     LSD = mean over frames of sqrt(mean over bins of log10(|X|^2 / (|Y| + 1e-12)^2 + 1e-12)^2)
///
/// on a periodic Hann STFT of 2048 points at 44.1 kHz (in proportion at other rates, made even), 100
/// frames a second, centred with zeros beyond the ends.
///
/// Source: Liu et al., Neural vocoder is all you need for speech super-resolution, Interspeech 2022.
public struct LogMagnitudeDistance: ObjectiveMetric {
    public let name = "lsd_log10"
    public let unit = "log10"
    public let direction = MetricDirection.lowerIsBetter
    public let range = 0.0...Double.infinity
    public let source =
        "mean_t sqrt(mean_k log10(|X|^2/(|Y|+1e-12)^2+1e-12)^2), Hann 46 ms, hop 10 ms (Liu et al. 2022)"
    public let version = 1
    public let sampleRates = SampleRates.atLeast(1000)
    public let needs = MetricNeeds(soundInReference: true, soundInEstimate: true)

    public init() {}

    public func measure(_ pair: MetricPair) -> MetricResult {
        let size = Int(2048 * Double(pair.sampleRate) / 44100)
        let transform = ShortTimeFourierTransform(
            fftSize: size + size % 2, hopLength: pair.sampleRate / 100, padding: .zero)
        let reference = transform.analyse(pair.reference)
        let powers = reference.power
        let others = transform.analyse(pair.estimate).power
        var sum = 0.0
        for frame in 0..<reference.frameCount {
            var squares = 0.0
            for bin in frame * reference.binCount..<(frame + 1) * reference.binCount {
                let magnitude = others[bin].squareRoot() + 1e-12
                let level = log10(powers[bin] / (magnitude * magnitude) + 1e-12)
                squares += level * level
            }
            sum += (squares / Double(reference.binCount)).squareRoot()
        }
        return .value(sum / Double(reference.frameCount))
    }
}
