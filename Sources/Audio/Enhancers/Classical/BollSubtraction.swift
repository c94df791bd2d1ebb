import Foundation

/// Spectral subtraction as first published: averaged magnitudes less the mean of the noise's, half-wave
/// rectified, with two remedies for what remains.
///
///     S = |X| max(1 - mu / M, 0),   M the mean of |X| over 3 frames
///
/// A bin below the largest residual that noise leaves takes the smallest S of three adjacent frames; a frame whose
/// mean S / mu lies below -12 dB holds no speech and becomes the input, attenuated by 30 dB.
///
/// From a noise power N follow the mean magnitude mu = sqrt(pi N / 4) and, averages of three half-overlapped
/// frames being what they are, a largest residual near 0.78 sqrt(N) (2.5 standard deviations).
///
/// Source: Boll, Suppression of acoustic noise in speech using spectral subtraction, IEEE TASSP 27(2), 1979.
public struct BollSubtraction: Enhancer, Sendable {
    public let name = "spectral subtraction (Boll)"
    /// Length of a frame, seconds; the hop is half of it.
    public let frameDuration: Double
    public let noise: NoiseEstimator

    /// - Parameters:
    ///   - frameDuration: seconds, default 0.032.
    ///   - noise: default the tracked minimum.
    public init(frameDuration: Double = 0.032, noise: NoiseEstimator = .trackedMinimum()) {
        self.frameDuration = frameDuration
        self.noise = noise
    }

    private static let residual = 0.78
    private static let speechDecibels = -12.0
    private static let attenuationDecibels = -30.0

    public func enhance(_ samples: [Float], sampleRate: Int) -> [Float] {
        SpectralGains(frameDuration: frameDuration, overlap: 2, noise: noise)
            .apply(to: samples, sampleRate: sampleRate, gains: Self.gains)
    }

    private static func gains(_ power: PowerFrames, noise: [Double]) -> [Double] {
        let (frames, bins) = (power.frameCount, power.binCount)
        let magnitude = power.values.map { $0.squareRoot() }
        let average = smoothedOverTime(magnitude, frames: frames, bins: bins, reach: 1)
        let subtracted = average.indices.map { i in
            average[i] > 0 ? magnitude[i] * max(0, 1 - (.pi / 4 * noise[i]).squareRoot() / average[i]) : 0
        }
        var gains = [Double](repeating: 0, count: magnitude.count)
        let attenuation = Decibel.toAmplitude(attenuationDecibels)
        for t in 0..<frames {
            var excess = 0.0
            for bin in 0..<bins {
                let i = t * bins + bin
                var value = subtracted[i]
                if value < residual * noise[i].squareRoot() {
                    for other in [t - 1, t + 1] where other >= 0 && other < frames {
                        value = min(value, subtracted[other * bins + bin])
                    }
                }
                gains[i] = magnitude[i] > 0 ? min(1, value / magnitude[i]) : 0
                let mean = (.pi / 4 * noise[i]).squareRoot()
                excess += mean > 0 ? value / mean : (value > 0 ? 1 : 0)
            }
            if 20 * log10(max(excess / Double(bins), 1e-10)) < speechDecibels {
                for i in t * bins..<(t + 1) * bins { gains[i] = attenuation }
            }
        }
        return gains
    }
}
