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

    /// Frames that one piece of work computes; frames do not depend on each other.
    static let framesPerPiece = 64

    /// The spectrogram of a signal of at least `minimumLength` samples.
    public func analyse(_ signal: [Double]) -> Spectrogram {
        let padded = pad(signal)
        return analyse(padded: padded[...], frames: frameCount(forLength: signal.count))
    }

    /// The same for single-precision samples; the computation is in double precision.
    public func analyse(_ signal: [Float]) -> Spectrogram {
        analyse(signal.map(Double.init))
    }

    /// The spectrograms of a batch, the items side by side on all threads.
    public func analyse(batch: [[Float]]) -> [Spectrogram] {
        concurrentMap(batch) { analyse($0) }
    }

    /// The signals of a batch of spectrograms, each of the given length, side by side on all threads.
    public func synthesise(batch: [Spectrogram], length: Int) -> [[Double]] {
        concurrentMap(batch) { synthesise($0, length: length) }
    }

    /// The signal of a spectrogram.
    ///
    /// - Parameter length: samples wanted; what no frame reaches is zero.
    /// - Returns: exactly `length` samples.
    public func synthesise(_ spectrogram: Spectrogram, length: Int) -> [Double] {
        require(
            spectrogram.binCount == binCount,
            "[stft] spectrogram of \(spectrogram.binCount) bins: FFT size \(fftSize) has \(binCount)")
        let total = max(length + offset, paddedLength(frames: spectrogram.frameCount))
        var sum = [Double](repeating: 0, count: total)
        sum.withUnsafeMutableBufferPointer { sum in
            if let sum = sum.baseAddress { overlapAdd(spectrogram, into: sum) }
        }
        let gains = overlapGains(frames: spectrogram.frameCount, count: total)
        return (offset..<offset + length).map { sum[$0] * gains[$0] }
    }

    // MARK: Parts, for what repeats them or does them in pieces

    /// Padded samples before the signal's first.
    var offset: Int { padding == nil ? 0 : fftSize / 2 }

    /// Padded samples that a number of frames covers.
    func paddedLength(frames: Int) -> Int { frames == 0 ? 0 : (frames - 1) * hopLength + fftSize }

    /// Frames of samples that are padded already, the first at the start.
    func analyse(padded: ArraySlice<Double>, frames: Int) -> Spectrogram {
        var result = Spectrogram(
            frameCount: frames, binCount: binCount,
            real: [Double](repeating: 0, count: frames * binCount),
            imaginary: [Double](repeating: 0, count: frames * binCount))
        require(padded.count >= paddedLength(frames: frames), "[stft] too few samples for \(frames) frames")
        padded.withUnsafeBufferPointer { padded in
            if let padded = padded.baseAddress { analyse(padded: padded, into: &result) }
        }
        return result
    }

    /// Fills all frames of a spectrogram from samples that are padded already.
    func analyse(padded: UnsafePointer<Double>, into result: inout Spectrogram) {
        let frames = result.frameCount
        result.real.withUnsafeMutableBufferPointer { real in
            result.imaginary.withUnsafeMutableBufferPointer { imaginary in
                window.withUnsafeBufferPointer { window in
                    guard let real = real.baseAddress, let imaginary = imaginary.baseAddress else { return }
                    ThreadPool.shared.run(frames, grain: Self.framesPerPiece) { range in
                        withUnsafeTemporaryAllocation(of: Double.self, capacity: fftSize) { frame in
                            guard let samples = frame.baseAddress else { return }
                            for t in range {
                                let source = padded + t * hopLength
                                for n in 0..<fftSize { samples[n] = window[n] * source[n] }
                                transform.forward(
                                    samples, real: real + t * binCount, imaginary: imaginary + t * binCount)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Adds the windowed frames to `paddedLength(frames:)` samples, without the division by the windows.
    func overlapAdd(_ spectrogram: Spectrogram, into sum: UnsafeMutablePointer<Double>) {
        let scale = 1 / Double(fftSize)
        spectrogram.real.withUnsafeBufferPointer { real in
            spectrogram.imaginary.withUnsafeBufferPointer { imaginary in
                window.withUnsafeBufferPointer { window in
                    guard let real = real.baseAddress, let imaginary = imaginary.baseAddress else { return }
                    withUnsafeTemporaryAllocation(of: Double.self, capacity: fftSize) { frame in
                        guard let samples = frame.baseAddress else { return }
                        for t in 0..<spectrogram.frameCount {
                            transform.inverse(
                                real: real + t * binCount, imaginary: imaginary + t * binCount, samples)
                            let target = sum + t * hopLength
                            for n in 0..<fftSize { target[n] += samples[n] * window[n] * scale }
                        }
                    }
                }
            }
        }
    }

    /// One over the sum of squared windows of a number of frames, for `count` padded samples. Where no window
    /// has weight (the very first sample of frames that are not centred) nothing is known, and the gain is 0.
    func overlapGains(frames: Int, count: Int) -> [Double] {
        var weight = [Double](repeating: 0, count: count)
        for t in 0..<frames {
            for n in 0..<fftSize { weight[t * hopLength + n] += window[n] * window[n] }
        }
        return weight.map { $0 > 1e-12 ? 1 / $0 : 0 }
    }

    /// The signal with what lies beyond its ends, as far as frames reach.
    func pad<Sample: BinaryFloatingPoint>(_ signal: [Sample]) -> [Sample] {
        require(
            signal.count >= minimumLength,
            "[stft] signal of \(signal.count) samples: at least \(minimumLength) are needed")
        guard let padding else { return signal }
        // An odd size needs one sample more behind, as its middle is not at half its length.
        let half = fftSize / 2
        let behind = half + 1
        var padded: [Sample] = []
        padded.reserveCapacity(signal.count + half + behind)
        switch padding {
        case .zero:
            padded += repeatElement(0, count: half)
            padded += signal
            padded += repeatElement(0, count: behind)
        case .reflect:
            padded += signal[1..<1 + half].reversed()
            padded += signal
            // The last may lie one before a signal of minimum length: mirrored there, too.
            for n in 0..<behind { padded.append(signal[abs(signal.count - 2 - n)]) }
        }
        return padded
    }
}
