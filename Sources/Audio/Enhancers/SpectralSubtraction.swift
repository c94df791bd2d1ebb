import Foundation
import Tensor

/// Spectral subtraction with a tracked noise floor, over-subtraction and a gain floor.
///
///     G = max(1 - a N / P, floor),   a = clip(4 - 0.15 SNR_dB, 1, 4.75) per frame
///
/// P is the power of a bin, N its noise estimate by minimum statistics: the power is averaged over nine
/// frames around each, the smallest average within `noiseWindow` seconds to either side is taken, multiplied
/// by the factor by which such a minimum lies below the mean of white noise, and averaged over three
/// neighbouring bins. Gains are averaged over three frames, which takes the edge off musical noise; phases
/// are the input's.
///
/// The noise may change within seconds, but sounds held for longer than the window count as noise.
///
/// Sources: Boll, Suppression of acoustic noise in speech using spectral subtraction, IEEE TASSP 27(2), 1979;
/// Berouti, Schwartz, Makhoul, Enhancement of speech corrupted by acoustic noise, ICASSP 1979;
/// Martin, Noise power spectral density estimation based on optimal smoothing and minimum statistics,
/// IEEE TSAP 9(5), 2001.
public struct SpectralSubtraction: Enhancer {
    public let name = "spectral subtraction"
    /// Length of a frame, seconds; the hop is a quarter of it.
    public let frameDuration: Double
    /// How far to each side the minimum is looked for, seconds.
    public let noiseWindow: Double
    /// Lowest gain, dB.
    public let floorDecibels: Double
    /// Largest over-subtraction factor, reached at -5 dB.
    public let mostOverSubtraction: Double

    /// Frames to each side averaged before the minimum is taken, and the mean of white noise over the minimum of
    /// such averages among 381 frames (simulated, 30 s of noise).
    private static let noiseSmoothing = 4
    private static let minimumBias = 4.24

    /// - Parameters:
    ///   - frameDuration: seconds, default 0.032.
    ///   - noiseWindow: seconds to each side, default 1.5.
    ///   - floorDecibels: dB, default -20.
    ///   - mostOverSubtraction: at least 1, default 4.75.
    public init(
        frameDuration: Double = 0.032, noiseWindow: Double = 1.5, floorDecibels: Double = -20,
        mostOverSubtraction: Double = 4.75
    ) {
        self.frameDuration = frameDuration
        self.noiseWindow = noiseWindow
        self.floorDecibels = floorDecibels
        self.mostOverSubtraction = mostOverSubtraction
    }

    public func enhance(_ samples: [Float], sampleRate: Int) -> [Float] {
        guard !samples.isEmpty else { return [] }
        let size = max(16, Int(frameDuration * Double(sampleRate) / 8) * 8)
        // Mirrored ends keep the noise level up to the edge; too short a clip cannot be mirrored.
        let transform = ShortTimeFourierTransform(
            fftSize: size, hopLength: size / 4, padding: samples.count > size / 2 ? .reflect : .zero)
        var spectrum = transform.analyse(samples)
        let power = spectrum.power
        let reach = Int((noiseWindow * Double(sampleRate) / Double(transform.hopLength)).rounded())
        let noise = noiseEstimate(
            power, frames: spectrum.frameCount, bins: spectrum.binCount, reach: max(1, reach))
        spectrum.apply(
            gains: gains(power, noise: noise, frames: spectrum.frameCount, bins: spectrum.binCount))
        return transform.synthesise(spectrum, length: samples.count).map(Float.init)
    }

    /// [frames x bins] noise power by minimum statistics.
    private func noiseEstimate(_ power: [Double], frames: Int, bins: Int, reach: Int) -> [Double] {
        var noise = [Double](repeating: 0, count: power.count)
        var series = [Double](repeating: 0, count: frames)
        for bin in 0..<bins {
            for t in 0..<frames { series[t] = power[t * bins + bin] }
            let lowest = slidingMinimum(slidingMean(series, reach: Self.noiseSmoothing), reach: reach)
            for t in 0..<frames { noise[t * bins + bin] = lowest[t] * Self.minimumBias }
        }
        for t in 0..<frames {
            let row = slidingMean(Array(noise[t * bins..<(t + 1) * bins]), reach: 1)
            noise.replaceSubrange(t * bins..<(t + 1) * bins, with: row)
        }
        return noise
    }

    private func gains(_ power: [Double], noise: [Double], frames: Int, bins: Int) -> [Double] {
        let floor = Decibel.toAmplitude(floorDecibels)
        var gains = [Double](repeating: 0, count: power.count)
        for t in 0..<frames {
            let range = t * bins..<(t + 1) * bins
            let noiseSum = range.reduce(0) { $0 + noise[$1] }
            let powerSum = range.reduce(0) { $0 + power[$1] }
            let ratio = noiseSum > 0 ? max(powerSum / noiseSum - 1, 1e-3) : 1e10
            let factor = max(1, min(mostOverSubtraction, 4 - 0.15 * 10 * log10(ratio)))
            for i in range {
                gains[i] = power[i] > 0 ? max(floor, 1 - factor * noise[i] / power[i]) : floor
            }
        }
        var series = [Double](repeating: 0, count: frames)
        for bin in 0..<bins {
            for t in 0..<frames { series[t] = gains[t * bins + bin] }
            let smooth = slidingMean(series, reach: 1)
            for t in 0..<frames { gains[t * bins + bin] = smooth[t] }
        }
        return gains
    }
}

/// Means over `2 reach + 1` values around each, fewer at the ends.
func slidingMean(_ values: [Double], reach: Int) -> [Double] {
    values.indices.map { i in
        let range = max(0, i - reach)...min(values.count - 1, i + reach)
        return range.reduce(0) { $0 + values[$1] } / Double(range.count)
    }
}

/// Minima over `2 reach + 1` values around each, fewer at the ends, in linear time: the candidates are kept in
/// a queue of rising values.
func slidingMinimum(_ values: [Double], reach: Int) -> [Double] {
    var queue: [Int] = []
    var head = 0
    var result: [Double] = []
    result.reserveCapacity(values.count)
    var next = 0
    for i in values.indices {
        while next < values.count, next <= i + reach {
            while queue.count > head, values[queue[queue.count - 1]] >= values[next] { queue.removeLast() }
            queue.append(next)
            next += 1
        }
        while queue[head] < i - reach { head += 1 }
        result.append(values[queue[head]])
    }
    return result
}
