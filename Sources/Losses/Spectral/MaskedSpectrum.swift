import Tensor

/// Losses on the spectrum that remains when real gains are applied to a degraded spectrum X and the clean
/// one is S. Gains leave the phase alone, so three real numbers per bin are enough:
/// |X|, |S| cos(phase difference) and |S|.
public enum MaskedSpectrum {
    /// The noise-to-signal ratio of G X in dB, averaged over the batch:
    /// mean over b of 10 log10(sum |G X - S|² / sum |S|²), which is minus the signal-to-noise ratio.
    ///
    /// It uses |G X - S|² = (G |X| - |S| cos)² + (|S| sin)² (the phase-sensitive form of Erdogan et al. 2015,
    /// with the part that gains cannot change added, so that the value is the true ratio).
    ///
    /// - Parameters:
    ///   - gains: [batch, frames, bins]
    ///   - magnitude: |X|, [batch, frames, bins]
    ///   - inPhase: |S| cos(phase of S - phase of X), [batch, frames, bins]
    ///   - cleanMagnitude: |S|, [batch, frames, bins]
    ///   - floor: share of the clean energy added to both sums, so that silent targets stay finite.
    public static func noiseToSignalRatio(
        gains: Tensor, magnitude: Tensor, inPhase: Tensor, cleanMagnitude: Tensor, floor: Float = 1e-4
    ) -> Tensor {
        requireSameShape(gains, magnitude, "noise_to_signal_ratio")
        requireSameShape(inPhase, cleanMagnitude, "noise_to_signal_ratio")
        let axes = [1, 2]
        let energy = cleanMagnitude.squared().sum(axes: axes) + 1e-3
        let reachable = (gains * magnitude - inPhase).squared().sum(axes: axes)
        let outOfPhase = (cleanMagnitude.squared() - inPhase.squared()).clamped(low: 0).sum(axes: axes)
        let ratio = (reachable + outOfPhase) / energy + floor
        return ratio.logarithm().mean() * Float(10 / 2.302_585_092_994_046)
    }

    /// mean (a^p - b^p)² over two magnitude spectra, with p = 0.3 by default: the compression of the ear
    /// lets quiet bins count (as in Ephrat et al. 2018 and most enhancement work since).
    ///
    /// - Parameter floor: added to both magnitudes; bounds the slope at zero.
    public static func compressedMagnitudeError(
        _ estimate: Tensor, _ target: Tensor, power: Float = 0.3, floor: Float = 1e-4
    ) -> Tensor {
        requireSameShape(estimate, target, "compressed_magnitude_error")
        func compress(_ x: Tensor) -> Tensor { ((x + floor).logarithm() * power).exponential() }
        return (compress(estimate) - compress(target)).squared().mean()
    }
}
