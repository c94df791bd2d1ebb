import Audio
import Foundation

/// Mel-cepstral distortion, without alignment in time and without the level (c0):
///
///     MCD = mean over frames of (10 / ln 10) sqrt(2 sum over d = 1..13 of (c_d - c'_d)^2)
///     c_d = (1 / M) sum over m of ln S_m cos(pi d (m + 1/2) / M)
///
/// S the magnitudes (square roots of power) of M = 80 mel bands up to the lower of 8 kHz and the Nyquist
/// frequency, at least 1e-5; Hann frames of 64 ms at hops of 16 ms. Frames in which the reference lies more
/// than 60 dB below its loudest frame do not count.
///
/// Source: Kubichek, Mel-cepstral distance measure for objective speech quality assessment, PacRim 1993.
public struct MelCepstralDistortion: ObjectiveMetric {
    public let name = "mcd"
    public let unit = "dB"
    public let direction = MetricDirection.lowerIsBetter
    public let range = 0.0...Double.infinity
    public let source =
        "(10/ln 10) sqrt(2 sum (c - c')^2), c1..c13 of 80 log mel magnitudes, Hann 64 ms, hop 16 ms, no DTW"
    public let version = 1
    public let sampleRates = SampleRates.atLeast(8000)
    public let needs = MetricNeeds(minimumLength: { Self.hop($0) * 4 })

    public init() {}

    private static let bandCount = 80
    private static let order = 13
    private static let floor = 1e-5

    @Sendable private static func hop(_ sampleRate: Int) -> Int { sampleRate * 16 / 1000 }

    public func measure(_ pair: MetricPair) -> MetricResult {
        let hop = Self.hop(pair.sampleRate)
        let transform = ShortTimeFourierTransform(fftSize: 4 * hop, hopLength: hop, padding: .zero)
        let bank = MelFilterbank(
            sampleRate: pair.sampleRate, fftSize: 4 * hop, bands: Self.bandCount,
            maximum: min(8000, Double(pair.sampleRate) / 2))
        let reference = transform.analyse(pair.reference)
        let first = cepstra(reference, bank)
        let second = cepstra(transform.analyse(pair.estimate), bank)
        let powers = reference.power
        let levels = (0..<reference.frameCount).map { frame in
            powers[frame * reference.binCount..<(frame + 1) * reference.binCount].reduce(0, +)
        }
        let least = (levels.max() ?? 0) * 1e-6
        var sum = 0.0
        var count = 0
        for frame in 0..<reference.frameCount where levels[frame] > least {
            var squares = 0.0
            for d in frame * Self.order..<(frame + 1) * Self.order {
                squares += (first[d] - second[d]) * (first[d] - second[d])
            }
            sum += 10 / log(10) * (2 * squares).squareRoot()
            count += 1
        }
        return .value(sum / Double(max(1, count)))
    }

    /// [frame][order]
    private func cepstra(_ spectrum: Spectrogram, _ bank: MelFilterbank) -> [Double] {
        let cosines = (0..<Self.order * Self.bandCount).map { index in
            let (d, m) = (index / Self.bandCount + 1, index % Self.bandCount)
            return cos(Double.pi * Double(d) * (Double(m) + 0.5) / Double(Self.bandCount))
                / Double(Self.bandCount)
        }
        let bands = bank.bands(of: spectrum.power).map { log(max($0.squareRoot(), Self.floor)) }
        var result = [Double](repeating: 0, count: spectrum.frameCount * Self.order)
        for frame in 0..<spectrum.frameCount {
            for d in 0..<Self.order {
                var sum = 0.0
                for m in 0..<Self.bandCount {
                    sum += bands[frame * Self.bandCount + m] * cosines[d * Self.bandCount + m]
                }
                result[frame * Self.order + d] = sum
            }
        }
        return result
    }
}
