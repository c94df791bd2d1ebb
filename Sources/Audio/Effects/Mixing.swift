import Foundation
import Tensor

/// Adding noise to a signal at a wanted ratio of their levels.
public enum Mixing {
    /// The factor of a noise that makes the ratio of mean powers what is wanted:
    ///
    ///     g = sqrt(mean x^2 / (mean v^2 10^(ratio / 10)))
    ///
    /// - Parameters:
    ///   - signal: x, not empty.
    ///   - noise: v, at least as long; what is longer is ignored.
    ///   - ratio: signal to noise, dB.
    /// - Returns: 0 if the signal or the noise is silent: no factor would do.
    public static func noiseGain<Sample: BinaryFloatingPoint>(
        signal: [Sample], noise: [Sample], ratio: Double
    ) -> Double {
        require(
            noise.count >= signal.count,
            "[mixing] \(noise.count) samples of noise for \(signal.count) of signal")
        func power(_ samples: ArraySlice<Sample>) -> Double {
            samples.reduce(0) { $0 + Double($1) * Double($1) }
        }
        let noisePower = power(noise[..<signal.count])
        guard noisePower > 0 else { return 0 }
        return (power(signal[...]) / (noisePower * pow(10, ratio / 10))).squareRoot()
    }

    /// The signal with the noise added at a ratio of mean powers, dB; as long as the signal.
    public static func mix<Sample: BinaryFloatingPoint>(
        signal: [Sample], noise: [Sample], ratio: Double
    ) -> [Sample] {
        let gain = Sample(noiseGain(signal: signal, noise: noise, ratio: ratio))
        return signal.indices.map { signal[$0] + gain * noise[$0] }
    }
}
