import Foundation
import Tensor

/// A signal whose short-time spectrum has given magnitudes, found by turns of synthesis and analysis.
///
///     r[i] = STFT(ISTFT(S phase(t[i-1]))),   t[i] = r[i] + m (r[i] - r[i-1]),   r[0] = 0
///
/// where phase(z) = z / |z|. With m = 0 this is the method of Griffin and Lim; m near 1 converges several times
/// faster.
///
/// Sources: Griffin and Lim, IEEE TASSP 32(2), 1984; Perraudin, Balazs and Sondergaard, A fast Griffin-Lim
/// algorithm, WASPAA 2013.
public struct GriffinLim: Sendable {
    /// Where the phases begin.
    public enum InitialPhase: Sendable {
        /// Drawn uniformly.
        case random(RandomStream)
        /// Those of this spectrogram: of a noisy signal, or of a vocoder.
        case given(Spectrogram)
        /// Zero everywhere.
        case zero
    }

    public let transform: ShortTimeFourierTransform
    /// Turns of synthesis and analysis before the last synthesis.
    public let iterations: Int
    /// m, 0 ... 1.
    public let momentum: Double

    /// - Parameters:
    ///   - transform: how the magnitudes were made.
    ///   - iterations: 0 or more; default 32.
    ///   - momentum: 0 (the classic method) to 1; default 0.99.
    public init(transform: ShortTimeFourierTransform, iterations: Int = 32, momentum: Double = 0.99) {
        require(iterations >= 0, "[griffin-lim] \(iterations) iterations: 0 or more")
        require((0...1).contains(momentum), "[griffin-lim] momentum \(momentum): 0 to 1")
        self.transform = transform
        self.iterations = iterations
        self.momentum = momentum
    }

    /// - Parameters:
    ///   - magnitudes: |X|, [frames x bins], row-major.
    ///   - length: samples wanted.
    ///   - initial: where the phases begin.
    /// - Returns: exactly `length` samples.
    public func signal(magnitudes: [Double], length: Int, initial: InitialPhase) -> [Double] {
        let bins = transform.binCount
        require(
            magnitudes.count % bins == 0,
            "[griffin-lim] \(magnitudes.count) magnitudes are no frames of \(bins) bins")
        let frames = magnitudes.count / bins
        var estimate = Self.start(initial, magnitudes: magnitudes, frames: frames, bins: bins)
        guard frames > 0, iterations > 0 else { return transform.synthesise(estimate, length: length) }

        let total = max(transform.paddedLength(frames: frames), length + transform.offset)
        let gains = transform.overlapGains(frames: frames, count: total)
        var samples = [Double](repeating: 0, count: total)
        var rebuilt = estimate
        var previous = Spectrogram(
            frameCount: frames, binCount: bins, real: [Double](repeating: 0, count: magnitudes.count),
            imaginary: [Double](repeating: 0, count: magnitudes.count))
        let share = momentum / (1 + momentum)
        for _ in 0..<iterations {
            samples.withUnsafeMutableBufferPointer { samples in
                guard let base = samples.baseAddress else { return }
                samples.update(repeating: 0)
                transform.overlapAdd(estimate, into: base)
                for n in 0..<total { base[n] *= gains[n] }
                restorePadding(base, length: length, total: total)
                transform.analyse(padded: base, into: &rebuilt)
            }
            for i in magnitudes.indices {
                let real = rebuilt.real[i] - share * previous.real[i]
                let imaginary = rebuilt.imaginary[i] - share * previous.imaginary[i]
                let scale = magnitudes[i] / max((real * real + imaginary * imaginary).squareRoot(), 1e-300)
                estimate.real[i] = real * scale
                estimate.imaginary[i] = imaginary * scale
            }
            swap(&rebuilt, &previous)
        }
        return transform.synthesise(estimate, length: length)
    }

    /// What lies before and behind the signal is not free: it is what padding makes of it.
    private func restorePadding(_ samples: UnsafeMutablePointer<Double>, length: Int, total: Int) {
        let start = transform.offset
        let end = start + length
        switch transform.padding {
        case nil: break
        case .zero:
            for n in 0..<start { samples[n] = 0 }
            for n in end..<total { samples[n] = 0 }
        case .reflect:
            for n in 0..<start { samples[n] = samples[2 * start - n] }
            for n in end..<total { samples[n] = samples[max(start, 2 * (end - 1) - n)] }
        }
    }

    private static func start(
        _ initial: InitialPhase, magnitudes: [Double], frames: Int, bins: Int
    ) -> Spectrogram {
        var real = magnitudes
        var imaginary = [Double](repeating: 0, count: magnitudes.count)
        switch initial {
        case .zero: break
        case .random(var stream):
            for i in magnitudes.indices {
                let angle = 2 * Double.pi * stream.uniform()
                real[i] = magnitudes[i] * cos(angle)
                imaginary[i] = magnitudes[i] * sin(angle)
            }
        case .given(let spectrogram):
            require(
                spectrogram.frameCount == frames && spectrogram.binCount == bins,
                "[griffin-lim] initial phase of \(spectrogram.frameCount) x \(spectrogram.binCount), "
                    + "magnitudes of \(frames) x \(bins)")
            for i in magnitudes.indices {
                let (a, b) = (spectrogram.real[i], spectrogram.imaginary[i])
                let magnitude = (a * a + b * b).squareRoot()
                guard magnitude > 0 else { continue }
                real[i] = magnitudes[i] * a / magnitude
                imaginary[i] = magnitudes[i] * b / magnitude
            }
        }
        return Spectrogram(frameCount: frames, binCount: bins, real: real, imaginary: imaginary)
    }
}
