import Tensor

/// The logarithm of magnitudes gathered in mel bands: log max(filters magnitude, floor).
public struct LogMel: Sendable {
    public let transform: ShortTimeFourier
    /// [bands, bins]
    public let filters: Tensor
    /// Smallest power of a bin.
    public let powerFloor: Float
    /// Smallest value of a band.
    public let floor: Float

    /// - Parameters:
    ///   - filters: the weight of each bin in each band, [bands, bins].
    ///   - powerFloor: default 1e-7.
    ///   - floor: default 1e-5.
    public init(
        _ transform: ShortTimeFourier, filters: Tensor, powerFloor: Float = 1e-7, floor: Float = 1e-5
    ) {
        require(
            filters.rank == 2 && filters.shape[1] == transform.fftSize / 2 + 1,
            "[log_mel] filters must be [bands, \(transform.fftSize / 2 + 1)], got \(filters.shape)")
        self.transform = transform
        self.filters = filters.detached
        self.powerFloor = powerFloor
        self.floor = floor
    }

    /// Signals [..., time] -> [..., frames, bands].
    public func callAsFunction(_ signal: Tensor) -> Tensor {
        transform.magnitude(signal, floor: powerFloor).matrixProduct(filters.transposed())
            .clamped(low: floor).logarithm()
    }

    /// mean |difference| of two signals' log mel spectra, as in HiFi-GAN (Kong et al. 2020). The target has no
    /// gradient.
    public func distance(_ estimate: Tensor, _ target: Tensor) -> Tensor {
        requireSameShape(estimate, target, "log_mel")
        return meanAbsoluteError(self(estimate), Tape.withoutRecording { self(target.detached) })
    }
}
