import Foundation

/// Spectral subtraction with over-subtraction and a gain floor.
///
///     G = max(1 - a N / P, floor),   a = clip(4 - 0.15 SNR_dB, 1, 3) per frame
///
/// P is the power of a bin, N its noise estimate. Gains are averaged over three frames; phases are the input's.
///
/// Sources: Boll, Suppression of acoustic noise in speech using spectral subtraction, IEEE TASSP 27(2), 1979;
/// Berouti, Schwartz, Makhoul, Enhancement of speech corrupted by acoustic noise, ICASSP 1979.
public struct SpectralSubtraction: Enhancer, Sendable {
    public let name = "spectral subtraction"
    /// Length of a frame, seconds; the hop is a quarter of it.
    public let frameDuration: Double
    public let noise: NoiseEstimator
    /// Lowest gain, dB.
    public let floorDecibels: Double
    /// Largest over-subtraction factor, reached at 6.7 dB.
    public let mostOverSubtraction: Double

    /// - Parameters:
    ///   - frameDuration: seconds, default 0.032.
    ///   - noise: default the tracked minimum.
    ///   - floorDecibels: dB, default -20.
    ///   - mostOverSubtraction: at least 1, default 3.
    public init(
        frameDuration: Double = 0.032, noise: NoiseEstimator = .trackedMinimum(), floorDecibels: Double = -20,
        mostOverSubtraction: Double = 3
    ) {
        self.frameDuration = frameDuration
        self.noise = noise
        self.floorDecibels = floorDecibels
        self.mostOverSubtraction = mostOverSubtraction
    }

    public func enhance(_ samples: [Float], sampleRate: Int) -> [Float] {
        SpectralGains(frameDuration: frameDuration, overlap: 4, noise: noise)
            .apply(to: samples, sampleRate: sampleRate, gains: gains)
    }

    private func gains(_ power: PowerFrames, noise: [Double]) -> [Double] {
        let bins = power.binCount
        let floor = Decibel.toAmplitude(floorDecibels)
        var gains = [Double](repeating: 0, count: power.values.count)
        for t in 0..<power.frameCount {
            let range = t * bins..<(t + 1) * bins
            let noiseSum = range.reduce(0) { $0 + noise[$1] }
            let powerSum = range.reduce(0) { $0 + power.values[$1] }
            let ratio = noiseSum > 0 ? max(powerSum / noiseSum - 1, 1e-3) : 1e10
            let factor = max(1, min(mostOverSubtraction, 4 - 0.15 * 10 * log10(ratio)))
            for i in range {
                gains[i] =
                    power.values[i] > 0 ? max(floor, 1 - factor * noise[i] / power.values[i]) : floor
            }
        }
        return smoothedOverTime(gains, frames: power.frameCount, bins: bins, reach: 1)
    }
}
