import Foundation

/// How a classical method learns what the noise is.
public enum NoiseEstimator: Sendable, Equatable {
    /// Minimum statistics: the power is averaged over nine frames around each, the smallest average within
    /// `window` seconds to either side is taken, multiplied by the factor by which such a minimum lies below the
    /// mean of white noise, and averaged over three neighbouring bins.
    ///
    /// The noise may change within seconds, but sounds held for longer than the window count as noise.
    ///
    /// Source: Martin, Noise power spectral density estimation based on optimal smoothing and minimum statistics,
    /// IEEE TSAP 9(5), 2001.
    case trackedMinimum(window: Double = 1.5)
    /// The mean of the first `duration` seconds, then followed through frames that hold no speech by a
    /// likelihood-ratio test of mean below 0.15, with a smoothing of 0.98.
    ///
    /// Right for recordings that begin with noise alone, wrong for all others.
    ///
    /// Source: Sohn, Kim, Sung, A statistical model-based voice activity detection, IEEE SPL 6(1), 1999.
    case leadingSilence(duration: Double = 0.12)

    /// Noise power: [frames x bins].
    func estimate(_ power: PowerFrames) -> [Double] {
        switch self {
        case .trackedMinimum(let window):
            let reach = max(1, Int((window / power.hopDuration).rounded()))
            return Self.minimumStatistics(power, reach: reach)
        case .leadingSilence(let duration):
            let frames = max(1, Int((duration / power.hopDuration).rounded()))
            return Self.followed(power, leading: frames)
        }
    }

    /// Frames to each side averaged before the minimum is taken.
    private static let noiseSmoothing = 4

    /// The mean of white noise over the minimum of such averages within 3 s (simulated): frames that overlap less
    /// are more independent, and their averages spread less.
    private static func minimumBias(overlap: Int) -> Double { overlap >= 4 ? 4.24 : 2.7 }

    private static func minimumStatistics(_ power: PowerFrames, reach: Int) -> [Double] {
        let (frames, bins) = (power.frameCount, power.binCount)
        let bias = minimumBias(overlap: power.overlap)
        var noise = [Double](repeating: 0, count: power.values.count)
        var series = [Double](repeating: 0, count: frames)
        for bin in 0..<bins {
            for t in 0..<frames { series[t] = power.values[t * bins + bin] }
            let lowest = slidingMinimum(slidingMean(series, reach: noiseSmoothing), reach: reach)
            for t in 0..<frames { noise[t * bins + bin] = lowest[t] * bias }
        }
        for t in 0..<frames {
            let row = slidingMean(Array(noise[t * bins..<(t + 1) * bins]), reach: 1)
            noise.replaceSubrange(t * bins..<(t + 1) * bins, with: row)
        }
        return noise
    }

    private static let speechThreshold = 0.15
    private static let smoothing = 0.98

    private static func followed(_ power: PowerFrames, leading: Int) -> [Double] {
        let (frames, bins) = (power.frameCount, power.binCount)
        guard frames > 0 else { return [] }
        let first = min(leading, frames)
        var current = (0..<bins).map { bin in
            (0..<first).reduce(0) { $0 + power.values[$1 * bins + bin] } / Double(first)
        }
        var noise: [Double] = []
        noise.reserveCapacity(power.values.count)
        var ratio = DecisionDirectedRatio(binCount: bins)
        for t in 0..<frames {
            let row = power.values[t * bins..<(t + 1) * bins]
            ratio.update(power: row, noise: current)
            let likelihood = (0..<bins).reduce(0) { sum, bin in
                let xi = ratio.prior[bin]
                return sum + ratio.posterior[bin] * xi / (1 + xi) - log(1 + xi)
            }
            if likelihood / Double(bins) < speechThreshold {
                for (bin, value) in row.enumerated() {
                    current[bin] = smoothing * current[bin] + (1 - smoothing) * value
                }
            }
            noise += current
        }
        return noise
    }
}
