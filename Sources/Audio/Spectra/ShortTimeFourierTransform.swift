import Tensor

/// Overlapping windowed spectra of a signal, and the way back.
///
///     X[t, k] = sum over n of w[n] x[t hop + n - offset] exp(-2 pi i k n / fftSize)
///
/// The window is centred in the transform; nothing is scaled. When centred, frame t has its middle on
/// sample t hop and the signal is padded by fftSize / 2 at both ends; otherwise frame t begins on sample
/// t hop and only whole frames are taken.
///
/// Synthesis overlap-adds windowed frames and divides by the sum of squared windows, which is the
/// least-squares inverse: an unchanged spectrogram gives the signal back to rounding, edges included when
/// frames are centred, provided that hops are at most half the window.
/// Source: Griffin and Lim, Signal estimation from modified short-time Fourier transform, IEEE TASSP 32(2), 1984.
public struct ShortTimeFourierTransform: Sendable {
    /// What lies beyond the ends of a centred signal.
    public enum Padding: Sendable, Equatable {
        /// Silence.
        case zero
        /// The signal mirrored at its first and last sample, which are not repeated.
        case reflect
    }

    /// Samples per transform.
    public let fftSize: Int
    /// Samples the window covers, at most `fftSize`.
    public let windowLength: Int
    /// Samples from frame to frame.
    public let hopLength: Int
    /// Nil when frames are not centred.
    public let padding: Padding?
    /// The window, centred in `fftSize` values.
    public let window: [Double]

    /// fftSize / 2 + 1.
    public var binCount: Int { fftSize / 2 + 1 }

    private let transform: RealFFT

    /// - Parameters:
    ///   - fftSize: samples per transform, at least 2.
    ///   - windowLength: 1 ... fftSize; default `fftSize`.
    ///   - hopLength: 1 ... windowLength; default a quarter of the window.
    ///   - window: default periodic Hann.
    ///   - padding: default `.reflect`; nil for frames that are not centred.
    public init(
        fftSize: Int, windowLength: Int? = nil, hopLength: Int? = nil, window: Window = .hann,
        padding: Padding? = .reflect
    ) {
        let windowLength = windowLength ?? fftSize
        let hopLength = hopLength ?? max(1, windowLength / 4)
        require(fftSize >= 2, "[stft] FFT size \(fftSize): at least 2")
        require(
            (1...fftSize).contains(windowLength),
            "[stft] window of \(windowLength) samples: 1 to the FFT size \(fftSize)")
        require(
            (1...windowLength).contains(hopLength),
            "[stft] hop of \(hopLength) samples: 1 to the window's \(windowLength)")
        self.fftSize = fftSize
        self.windowLength = windowLength
        self.hopLength = hopLength
        self.padding = padding
        var centred = [Double](repeating: 0, count: fftSize)
        let start = (fftSize - windowLength) / 2
        centred.replaceSubrange(start..<start + windowLength, with: window.values(length: windowLength))
        self.window = centred
        transform = RealFFT.plan(length: fftSize)
    }

    /// The shortest signal this transform takes: one frame, or what can be mirrored at both ends.
    public var minimumLength: Int {
        switch padding {
        case .reflect: fftSize / 2 + 1
        case .zero: 1
        case nil: fftSize
        }
    }

    /// Frames of a signal of `length` samples.
    public func frameCount(forLength length: Int) -> Int {
        padding == nil ? (length - fftSize) / hopLength + 1 : length / hopLength + 1
    }

    /// The spectrogram of a signal of at least `minimumLength` samples.
    public func analyse(_ signal: [Double]) -> Spectrogram {
        require(
            signal.count >= minimumLength,
            "[stft] signal of \(signal.count) samples: at least \(minimumLength) are needed")
        let padded = pad(signal)
        let frames = frameCount(forLength: signal.count)
        var real = [Double](repeating: 0, count: frames * binCount)
        var imaginary = real
        var frame = [Double](repeating: 0, count: fftSize)
        padded.withUnsafeBufferPointer { padded in
            window.withUnsafeBufferPointer { window in
                real.withUnsafeMutableBufferPointer { real in
                    imaginary.withUnsafeMutableBufferPointer { imaginary in
                        guard let real = real.baseAddress, let imaginary = imaginary.baseAddress else {
                            return
                        }
                        for t in 0..<frames {
                            for n in 0..<fftSize { frame[n] = window[n] * padded[t * hopLength + n] }
                            transform.forward(
                                frame, real: real + t * binCount, imaginary: imaginary + t * binCount)
                        }
                    }
                }
            }
        }
        return Spectrogram(frameCount: frames, binCount: binCount, real: real, imaginary: imaginary)
    }

    /// The same for single-precision samples; the computation is in double precision.
    public func analyse(_ signal: [Float]) -> Spectrogram {
        analyse(signal.map(Double.init))
    }

    /// The signal of a spectrogram.
    ///
    /// - Parameter length: samples wanted; what no frame reaches is zero.
    /// - Returns: exactly `length` samples.
    public func synthesise(_ spectrogram: Spectrogram, length: Int) -> [Double] {
        require(
            spectrogram.binCount == binCount,
            "[stft] spectrogram of \(spectrogram.binCount) bins: FFT size \(fftSize) has \(binCount)")
        let frames = spectrogram.frameCount
        let offset = padding == nil ? 0 : fftSize / 2
        let total = max(length + offset, (frames - 1) * hopLength + fftSize)
        var sum = [Double](repeating: 0, count: total)
        var weight = sum
        var frame = [Double](repeating: 0, count: fftSize)
        let scale = 1 / Double(fftSize)
        spectrogram.real.withUnsafeBufferPointer { real in
            spectrogram.imaginary.withUnsafeBufferPointer { imaginary in
                guard let real = real.baseAddress, let imaginary = imaginary.baseAddress else { return }
                for t in 0..<frames {
                    transform.inverse(real: real + t * binCount, imaginary: imaginary + t * binCount, &frame)
                    for n in 0..<fftSize {
                        sum[t * hopLength + n] += frame[n] * window[n] * scale
                        weight[t * hopLength + n] += window[n] * window[n]
                    }
                }
            }
        }
        // Where no window has weight (the very first sample of frames that are not centred) nothing is known.
        return (offset..<offset + length).map { weight[$0] > 1e-12 ? sum[$0] / weight[$0] : 0 }
    }

    private func pad(_ signal: [Double]) -> [Double] {
        guard let padding else { return signal }
        let half = fftSize / 2
        let count = signal.count
        switch padding {
        case .zero:
            // An odd size needs one sample more behind, as its middle is not at half its length.
            let silence = [Double](repeating: 0, count: half)
            return silence + signal + silence + [0]
        case .reflect:
            return (0..<count + 2 * half + 1).map { index in
                var n = index - half
                if n < 0 { n = -n }
                if n >= count { n = 2 * (count - 1) - n }
                return signal[max(0, n)]
            }
        }
    }
}
