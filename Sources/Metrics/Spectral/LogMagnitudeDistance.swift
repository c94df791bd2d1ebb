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

    public func measure(_ pair: MetricPair) -> MetricResult { Self.distance(pair, from: 0) }

    /// The distance over the bins from a frequency up, hertz.
    static func distance(_ pair: MetricPair, from cutoff: Int) -> MetricResult {
        let (powers, others, bins) = spectra(pair)
        // The first bin at or above the cut-off; the last one lies at half the rate.
        let first = (2 * cutoff * (bins - 1) + pair.sampleRate - 1) / pair.sampleRate
        let frames = powers.count / bins
        var (sum, energy) = (0.0, 0.0)
        for frame in 0..<frames {
            var squares = 0.0
            for bin in frame * bins + first..<(frame + 1) * bins {
                let magnitude = others[bin].squareRoot() + 1e-12
                let level = log10(powers[bin] / (magnitude * magnitude) + 1e-12)
                squares += level * level
                energy += powers[bin]
            }
            sum += (squares / Double(bins - first)).squareRoot()
        }
        guard energy > 0 else { return .undefined(reason: "the reference is silent from \(cutoff) Hz up") }
        return .value(sum / Double(frames))
    }

    /// |X|^2 and |Y|^2, [frames x bins].
    private static func spectra(_ pair: MetricPair) -> (reference: [Double], estimate: [Double], bins: Int) {
        pair.shared("lsd_log10 spectra") {
            let size = Int(2048 * Double(pair.sampleRate) / 44100)
            let transform = ShortTimeFourierTransform(
                fftSize: size + size % 2, hopLength: pair.sampleRate / 100, padding: .zero)
            return (
                transform.analyse(pair.reference).power, transform.analyse(pair.estimate).power,
                transform.binCount
            )
        }
    }
}

/// The same distance over the frequencies from a cut-off up: what a telephone's band does not hold, and what
/// extending a band has to invent. `lsd_log10` mixes it with the band that is there already.
public struct HighLogMagnitudeDistance: ObjectiveMetric {
    /// Hertz.
    public let cutoff: Int
    public var name: String { Self.prefix + "\(cutoff)" }
    public let unit = "log10"
    public let direction = MetricDirection.lowerIsBetter
    public let range = 0.0...Double.infinity
    public var source: String { "lsd_log10 over the bins at \(cutoff) Hz and above" }
    public let version = 1
    /// A tenth of the band at least has to lie above the cut-off.
    public var sampleRates: SampleRates { .atLeast(max(1000, (20 * cutoff + 8) / 9)) }
    public let needs = MetricNeeds(soundInReference: true, soundInEstimate: true)

    private static let prefix = "lsd_log10_above_"

    /// - Parameter cutoff: hertz; default 4000, the upper end of a telephone's band.
    public init(cutoff: Int = 4000) { self.cutoff = cutoff }

    /// The measure of a name such as `lsd_log10_above_8000`; nil for other names.
    init?(named name: String) {
        guard name.hasPrefix(Self.prefix), let cutoff = Int(name.dropFirst(Self.prefix.count)),
            (1...200_000).contains(cutoff), name == Self.prefix + "\(cutoff)"
        else { return nil }
        self.init(cutoff: cutoff)
    }

    public func measure(_ pair: MetricPair) -> MetricResult {
        LogMagnitudeDistance.distance(pair, from: cutoff)
    }
}
