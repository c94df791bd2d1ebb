import Tensor

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Spectral convergence plus log-magnitude distance at several resolutions (Yamamoto et al. 2020, Parallel
/// WaveGAN). Works on waveforms.
public struct MultiResolutionSTFT: Sendable {
    /// One resolution, in samples.
    public struct Resolution: Sendable, Hashable {
        public var fftSize, hopLength, windowLength: Int
        public init(fftSize: Int, hopLength: Int, windowLength: Int) {
            (self.fftSize, self.hopLength, self.windowLength) = (fftSize, hopLength, windowLength)
        }
    }

    private let windows: [(resolution: Resolution, window: Tensor)]
    private let floor: Float

    /// - Parameters:
    ///   - resolutions: default 1024/120/600, 2048/240/1200, 512/50/240 as published.
    ///   - floor: smallest power, default 1e-7.
    public init(
        resolutions: [Resolution] = [
            Resolution(fftSize: 1024, hopLength: 120, windowLength: 600),
            Resolution(fftSize: 2048, hopLength: 240, windowLength: 1200),
            Resolution(fftSize: 512, hopLength: 50, windowLength: 240),
        ], floor: Float = 1e-7
    ) {
        windows = resolutions.map { resolution in
            var window = [Float](repeating: 0, count: resolution.fftSize)
            let start = (resolution.fftSize - resolution.windowLength) / 2
            for n in 0..<resolution.windowLength {
                window[start + n] = Float(
                    0.5 - 0.5 * cos(2 * .pi * Double(n) / Double(resolution.windowLength)))
            }
            return (resolution, Tensor(window))
        }
        self.floor = floor
    }

    /// The magnitudes [batch, frames, bins] of signals [batch, time] that are padded with half a window of
    /// zeros on both sides.
    private func magnitude(_ signal: Tensor, _ resolution: Resolution, _ window: Tensor) -> Tensor {
        let half = resolution.fftSize / 2
        let frames = signal.padded(axis: -1, before: half, after: half)
            .frames(length: resolution.fftSize, hop: resolution.hopLength)
        let spectrum = (frames * window).realFourier()
        return (spectrum.real.squared() + spectrum.imaginary.squared()).clamped(low: floor).squareRoot()
    }

    /// - Parameters: both [batch, time].
    /// - Returns: the mean over resolutions of ||T - E|| / ||T|| + mean |log T - log E|.
    public func callAsFunction(_ estimate: Tensor, _ target: Tensor) -> Tensor {
        requireSameShape(estimate, target, "multi_resolution_stft")
        var total = Tensor(0)
        for (resolution, window) in windows {
            let e = magnitude(estimate, resolution, window)
            let t = magnitude(target, resolution, window)
            let convergence = (t - e).squared().sum().squareRoot() / t.squared().sum().squareRoot()
            total = total + convergence + meanAbsoluteError(e.logarithm(), t.logarithm())
        }
        return total * (1 / Float(windows.count))
    }
}
