import Tensor

extension ShortTimeFourierTransform {
    /// An analysis of samples that arrive in pieces. The frames of all pieces together equal `analyse` of the
    /// whole signal bit for bit, wherever it was cut.
    public func makeAnalysisStream() -> SpectrumStream { SpectrumStream(self) }

    /// A synthesis of frames that arrive in pieces, equal to `synthesise` of the whole bit for bit.
    public func makeSynthesisStream() -> OverlapAddStream { OverlapAddStream(self) }
}

/// Samples in, frames out as soon as they are complete. See `ShortTimeFourierTransform`.
public struct SpectrumStream: Sendable {
    private let transform: ShortTimeFourierTransform
    /// Padded samples, the next frame's first at `start`. Those before it are what a mirrored end may need.
    private var buffer: [Double]
    private var start = 0
    /// Until the padding before the signal can be made, when it mirrors the signal.
    private var awaitsStart: Bool
    private var sampleCount = 0
    private var frameCount = 0
    private var isFinished = false

    init(_ transform: ShortTimeFourierTransform) {
        self.transform = transform
        awaitsStart = transform.padding == .reflect
        buffer = [Double](repeating: 0, count: transform.padding == .zero ? transform.offset : 0)
    }

    /// Takes samples and gives the frames that they complete, possibly none.
    public mutating func push(_ samples: [Double]) -> Spectrogram {
        require(!isFinished, "[stft] push() after finish()")
        sampleCount += samples.count
        buffer += samples
        if awaitsStart {
            guard sampleCount >= transform.minimumLength else { return take(0) }
            // A new array: inserting a view of the array into itself gives wrong samples.
            buffer = buffer[1..<1 + transform.offset].reversed() + buffer
            awaitsStart = false
        }
        let complete = buffer.count - start - transform.fftSize
        return take(complete < 0 ? 0 : complete / transform.hopLength + 1)
    }

    /// Gives the rest of the frames. The signal must have had `minimumLength` samples by now.
    public mutating func finish() -> Spectrogram {
        require(!isFinished, "[stft] finish() twice")
        require(
            sampleCount >= transform.minimumLength,
            "[stft] signal of \(sampleCount) samples: at least \(transform.minimumLength) are needed")
        isFinished = true
        switch transform.padding {
        case .zero: buffer += repeatElement(0, count: transform.offset + 1)
        case .reflect:
            let last = buffer.count - 1
            for n in 1...transform.offset + 1 { buffer.append(buffer[last - n]) }
        case nil: break
        }
        return take(transform.frameCount(forLength: sampleCount) - frameCount)
    }

    private mutating func take(_ frames: Int) -> Spectrogram {
        let result = transform.analyse(padded: buffer[start...], frames: frames)
        frameCount += frames
        start += frames * transform.hopLength
        let surplus = max(0, min(start, buffer.count - transform.offset - 2))
        buffer.removeFirst(surplus)
        start -= surplus
        return result
    }
}

/// Frames in, samples out as soon as no later frame reaches them. See `ShortTimeFourierTransform`.
public struct OverlapAddStream: Sendable {
    private let transform: ShortTimeFourierTransform
    /// Sums and squared windows from padded sample `position` on.
    private var sum: [Double] = []
    private var weight: [Double] = []
    /// The padded sample at which the next frame begins.
    private var position = 0
    private var samplesGiven = 0
    private var isFinished = false

    init(_ transform: ShortTimeFourierTransform) { self.transform = transform }

    /// Takes frames and gives the samples that they complete.
    public mutating func push(_ spectrogram: Spectrogram) -> [Double] {
        require(!isFinished, "[stft] push() after finish()")
        let frames = spectrogram.frameCount
        guard frames > 0 else { return [] }
        let missing = transform.paddedLength(frames: frames) - sum.count
        if missing > 0 {
            sum += repeatElement(0, count: missing)
            weight += repeatElement(0, count: missing)
        }
        sum.withUnsafeMutableBufferPointer { sum in
            if let sum = sum.baseAddress { transform.overlapAdd(spectrogram, into: sum) }
        }
        for t in 0..<frames {
            for n in 0..<transform.fftSize {
                weight[t * transform.hopLength + n] += transform.window[n] * transform.window[n]
            }
        }
        return take(frames * transform.hopLength)
    }

    /// Gives the rest of a signal of `length` samples; what no frame reaches is zero.
    public mutating func finish(length: Int) -> [Double] {
        require(!isFinished, "[stft] finish() twice")
        isFinished = true
        let missing = length - samplesGiven
        require(missing >= 0, "[stft] \(samplesGiven) samples were given already, more than \(length)")
        var rest = take(sum.count)
        if rest.count > missing { rest.removeLast(rest.count - missing) }
        return rest + repeatElement(0, count: missing - rest.count)
    }

    private mutating func take(_ count: Int) -> [Double] {
        let skipped = min(count, max(0, transform.offset - position))
        let samples = (skipped..<max(skipped, count)).map {
            weight[$0] > 1e-12 ? sum[$0] * (1 / weight[$0]) : 0
        }
        sum.removeFirst(count)
        weight.removeFirst(count)
        position += count
        samplesGiven += samples.count
        return samples
    }
}
