import Tensor

/// Noise added before rounding to integers, so that what rounding loses is noise and not distortion.
///
/// Triangular noise of two steps peak to peak makes both the mean and the power of the rounding error
/// independent of the signal (Lipshitz, Wannamaker, Vanderkooy: Quantization and dither: a theoretical survey,
/// J. Audio Eng. Soc. 40 (5), 1992). It costs 4.8 dB of noise floor over plain rounding.
public enum Dither: Sendable, Equatable {
    /// Plain rounding to the nearest step.
    case none
    /// Triangular noise, the same for the same seed. A sample that is exactly zero stays so: digital silence
    /// remains silent.
    case triangular(seed: UInt64 = 0)

    /// The noise of one file, sample after sample, in steps of the format.
    struct Source {
        private var stream: RandomStream?

        init(_ dither: Dither) {
            if case .triangular(let seed) = dither { stream = RandomStream(seed: seed, "dither") }
        }

        /// In (-1, 1) steps; 0 without dither.
        mutating func next() -> Double {
            guard let bits = stream?.nextBits() else { return 0 }
            // Two uniform numbers of 32 bits each; their difference is triangular.
            return (Double(bits >> 32) - Double(bits & 0xffff_ffff)) * 0x1p-32
        }
    }
}
