import Tensor

/// Spectral convergence and log-magnitude distance of waveforms at one resolution (Yamamoto et al. 2020, Parallel
/// WaveGAN, equations 5 and 6).
public struct STFTLoss: Sendable {
    public let transform: ShortTimeFourier
    /// Smallest power.
    public let floor: Float

    public init(_ transform: ShortTimeFourier, floor: Float = 1e-7) {
        self.transform = transform
        self.floor = floor
    }

    /// - Parameters: both [..., time]; the target has no gradient.
    /// - Returns: ||T - E|| / ||T|| over everything, and mean |log T - log E|, of the magnitudes T and E.
    public func callAsFunction(
        _ estimate: Tensor, _ target: Tensor
    ) -> (convergence: Tensor, logMagnitude: Tensor) {
        requireSameShape(estimate, target, "stft_loss")
        let e = transform.magnitude(estimate, floor: floor)
        let t = Tape.withoutRecording { transform.magnitude(target.detached, floor: floor) }
        let convergence =
            (t - e).squared().sum().squareRoot() * Float(1 / t.sumOfSquares().squareRoot())
        return (convergence, meanAbsoluteError(e.logarithm(), t.logarithm()))
    }
}

/// The mean of `STFTLoss` over several resolutions.
public struct MultiResolutionSTFT: Sendable {
    /// One resolution, in samples.
    public struct Resolution: Sendable, Hashable {
        public var fftSize, hopLength, windowLength: Int
        public init(fftSize: Int, hopLength: Int, windowLength: Int) {
            (self.fftSize, self.hopLength, self.windowLength) = (fftSize, hopLength, windowLength)
        }
    }

    private let losses: [STFTLoss]

    /// - Parameters:
    ///   - resolutions: default 1024/120/600, 2048/240/1200, 512/50/240 as published.
    ///   - padding: beyond the ends of a signal, half a frame; default zeros.
    ///   - floor: smallest power, default 1e-7.
    public init(
        resolutions: [Resolution] = [
            Resolution(fftSize: 1024, hopLength: 120, windowLength: 600),
            Resolution(fftSize: 2048, hopLength: 240, windowLength: 1200),
            Resolution(fftSize: 512, hopLength: 50, windowLength: 240),
        ], padding: PaddingMode = .constant(0), floor: Float = 1e-7
    ) {
        self.init(
            resolutions.map {
                ShortTimeFourier(
                    fftSize: $0.fftSize, hopLength: $0.hopLength,
                    window: ShortTimeFourier.hann($0.windowLength), padding: padding)
            }, floor: floor)
    }

    public init(_ transforms: [ShortTimeFourier], floor: Float = 1e-7) {
        losses = transforms.map { STFTLoss($0, floor: floor) }
    }

    /// - Parameters: both [batch, time]; the target has no gradient.
    /// - Returns: the mean over resolutions of ||T - E|| / ||T|| + mean |log T - log E|.
    public func callAsFunction(_ estimate: Tensor, _ target: Tensor) -> Tensor {
        let (convergence, logMagnitude) = parts(estimate, target)
        return convergence + logMagnitude
    }

    /// Both parts by themselves, each the mean over resolutions.
    public func parts(
        _ estimate: Tensor, _ target: Tensor
    ) -> (convergence: Tensor, logMagnitude: Tensor) {
        requireSameShape(estimate, target, "multi_resolution_stft")
        var (convergence, logMagnitude) = (Tensor(0), Tensor(0))
        for loss in losses {
            let one = loss(estimate, target)
            convergence = convergence + one.convergence
            logMagnitude = logMagnitude + one.logMagnitude
        }
        let share = 1 / Float(max(1, losses.count))
        return (convergence * share, logMagnitude * share)
    }
}
