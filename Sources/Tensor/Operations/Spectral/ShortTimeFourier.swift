#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The short-time Fourier transform: spectra of overlapping windowed frames of a signal.
public struct ShortTimeFourier: Sendable {
    /// Samples of a frame, n.
    public let fftSize: Int
    /// Samples between frames.
    public let hopLength: Int
    /// n samples; shorter windows stand in the middle of zeros.
    public let window: [Float]
    /// Whether frame f is centred at sample f hop, with half a frame of padding on both sides.
    public var isCentred: Bool
    /// What stands in the padding; default a reflection.
    public var padding: PaddingMode
    /// Whether spectra are divided by sqrt(n).
    public var isNormalised: Bool
    /// Whether only the bins 0 ... n/2 are given, which say everything about a real signal.
    public var isOneSided: Bool

    /// - Parameters:
    ///   - fftSize: n, 1 or more.
    ///   - hopLength: 1 or more.
    ///   - window: at most n samples; default a periodic Hann window of n.
    public init(
        fftSize: Int, hopLength: Int, window: [Float]? = nil, isCentred: Bool = true,
        padding: PaddingMode = .reflect, isNormalised: Bool = false, isOneSided: Bool = true
    ) {
        let window = window ?? Self.hann(fftSize)
        require(
            fftSize > 0 && hopLength > 0 && window.count <= fftSize,
            "[stft] frames of \(fftSize) every \(hopLength) cannot have a window of \(window.count)")
        self.fftSize = fftSize
        self.hopLength = hopLength
        let left = (fftSize - window.count) / 2
        self.window =
            [Float](repeating: 0, count: left) + window
            + [Float](repeating: 0, count: fftSize - window.count - left)
        self.isCentred = isCentred
        self.padding = padding
        self.isNormalised = isNormalised
        self.isOneSided = isOneSided
    }

    /// The periodic Hann window: (1 - cos(2 pi m / length)) / 2.
    public static func hann(_ length: Int) -> [Float] {
        (0..<length).map { Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(length))) }
    }

    private var scale: Float { isNormalised ? 1 / Float(fftSize).squareRoot() : 1 }

    /// The spectra of signals [..., time]: real and imaginary parts [..., frames, bins]. Traps on what `validate`
    /// refuses.
    public func callAsFunction(_ signal: Tensor) -> (real: Tensor, imaginary: Tensor) {
        orTrap { () throws(ShapeError) in try validate(signal.shape) }
        let half = fftSize / 2
        let padded = isCentred ? signal.padded(axis: -1, before: half, after: half, mode: padding) : signal
        let parts: (real: Tensor, imaginary: Tensor)
        if isOneSided {
            let spectra = apply(WindowedFourier(window: window, hop: hopLength), [padded])
            parts = (spectra[0], spectra[1])
        } else {
            let frames = padded.frames(length: fftSize, hop: hopLength) * Tensor(window)
            parts = Tensor.complexFourier(real: frames, imaginary: .zeros(frames.shape))
        }
        return scale == 1 ? parts : (parts.real * scale, parts.imaginary * scale)
    }

    /// The magnitudes sqrt(max(re² + im², floor)) of the spectra, [..., frames, bins].
    public func magnitude(_ signal: Tensor, floor: Float = 1e-7) -> Tensor {
        let spectrum = self(signal)
        return Tensor.magnitude(real: spectrum.real, imaginary: spectrum.imaginary, floor: floor)
    }

    /// The signals whose spectra come closest to the given ones (Griffin & Lim 1984): frames are windowed again, added
    /// and divided by the sum of the squared windows.
    ///
    /// - Parameters:
    ///   - real: [..., frames, n/2 + 1], or n bins if not one-sided.
    ///   - imaginary: of the same shape.
    ///   - length: samples of the result; default: all that the frames cover.
    /// - Returns: [..., time]. Traps on what `validateInverse` refuses.
    public func inverse(real: Tensor, imaginary: Tensor, length: Int? = nil) -> Tensor {
        orTrap { () throws(ShapeError) in try validateInverse(real.shape, imaginary.shape, length: length) }
        let frameCount = real.shape[real.rank - 2]
        let covered = (frameCount - 1) * hopLength + fftSize
        let frames =
            isOneSided
            ? Tensor.inverseRealFourier(real: real, imaginary: imaginary, length: fftSize)
            : Tensor.complexFourier(real: real, imaginary: imaginary, inverse: true).real
        let signal = (frames * (Tensor(window) * (1 / scale))).overlapAdded(hop: hopLength, time: covered)
        let start = isCentred ? fftSize / 2 : 0
        let end = min(covered, length.map { start + $0 } ?? covered - start)
        let weights = Tensor(Array(squaredWindows(frameCount)[start..<end]))
        let result = signal.slice(axis: -1, start..<end) / weights
        guard let length, length > end - start else { return result }
        return result.padded(axis: -1, before: 0, after: length - (end - start))
    }

    /// The sum of the squared windows of all frames at each sample.
    private func squaredWindows(_ frames: Int) -> [Float] {
        var sum = [Float](repeating: 0, count: (frames - 1) * hopLength + fftSize)
        for frame in 0..<frames {
            for index in 0..<fftSize { sum[frame * hopLength + index] += window[index] * window[index] }
        }
        return sum
    }

    /// - Throws: `ShapeError` if a signal is too short for a frame or for its reflection.
    public func validate(_ signal: [Int]) throws(ShapeError) {
        guard let time = signal.last, time > 0 else {
            throw ShapeError("[stft] signals must be [..., time], got \(signal)")
        }
        let half = isCentred ? fftSize / 2 : 0
        if isCentred {
            _ = try Padding(axis: 0, before: half, after: half, mode: padding).outputShapes([[time]])
        }
        guard time + 2 * half >= fftSize else {
            throw ShapeError("[stft] a frame of \(fftSize) samples does not fit signals \(signal)")
        }
    }

    /// - Throws: `ShapeError` if spectra do not fit, or the windows leave gaps where the signal is unknown.
    public func validateInverse(_ real: [Int], _ imaginary: [Int], length: Int? = nil) throws(ShapeError) {
        let bins = isOneSided ? fftSize / 2 + 1 : fftSize
        guard real == imaginary, real.count >= 2, real[real.count - 1] == bins, real[real.count - 2] > 0
        else {
            throw ShapeError(
                "[stft] spectra must be two parts [..., frames, \(bins)], got \(real) and \(imaginary)")
        }
        let sum = squaredWindows(real[real.count - 2])
        let start = isCentred ? fftSize / 2 : 0
        let end = min(sum.count, length.map { start + $0 } ?? sum.count - start)
        guard start < end, sum[start..<end].allSatisfy({ $0 > 1e-11 }) else {
            throw ShapeError(
                "[stft] windows every \(hopLength) samples leave samples of \(real) without a value")
        }
    }
}
