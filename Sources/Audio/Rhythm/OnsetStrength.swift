import Tensor

/// How much new sound begins at each moment.
public struct OnsetEnvelope: Sendable, Equatable {
    /// Mean rise over mel bands, dB per frame, never negative.
    public let values: [Double]
    /// Frames per second; value t belongs to second t / `frameRate`.
    public let frameRate: Double

    public init(values: [Double], frameRate: Double) {
        require(frameRate > 0, "[OnsetEnvelope] \(frameRate) frames per second: must be positive")
        self.values = values
        self.frameRate = frameRate
    }
}

/// Onset strength: the spectral flux of a log-mel spectrogram.
///
///     o[t + s] = 1 / B  sum over bands b of max(0, L[t, b] - L[t - 1, b])
///
/// with L in dB, at most `range` below its maximum. A frame begins to see an onset half a transform before its
/// middle reaches it, so the envelope is shifted by s = fftSize / (2 hop) frames.
///
/// Source: Boeck and Widmer, Maximum filter vibrato suppression for onset detection, DAFx 2013 (without the
/// filter); Ellis, Beat tracking by dynamic programming, Journal of New Music Research 36(1), 2007.
public struct OnsetStrength: Sendable {
    /// Hertz.
    public let sampleRate: Int
    /// Samples per transform.
    public let fftSize: Int
    /// Samples from frame to frame.
    public let hopLength: Int
    /// dB below the loudest band value at which loudness ends.
    public let range: Double

    private let transform: ShortTimeFourierTransform
    private let bank: MelFilterbank

    /// Frames that are computed together: enough to share the work, few enough for the cache.
    private static let blockLength = 64

    /// - Parameters:
    ///   - sampleRate: hertz.
    ///   - fftSize: samples; default the largest power of two within 64 ms.
    ///   - hopLength: 1 ... fftSize samples; default 10 ms.
    ///   - bands: mel bands from 0 to half the rate; default 128.
    ///   - range: dB, positive; default 80.
    public init(
        sampleRate: Int, fftSize: Int? = nil, hopLength: Int? = nil, bands: Int = 128, range: Double = 80
    ) {
        require(range > 0, "[onset] range of \(range) dB: must be positive")
        var fitting = 16
        while fitting * 2 <= sampleRate * 64 / 1000 { fitting *= 2 }
        self.sampleRate = sampleRate
        self.fftSize = fftSize ?? fitting
        self.hopLength = hopLength ?? max(1, sampleRate / 100)
        self.range = range
        transform = ShortTimeFourierTransform(fftSize: self.fftSize, hopLength: self.hopLength, padding: nil)
        bank = MelFilterbank(sampleRate: sampleRate, fftSize: self.fftSize, bands: bands)
    }

    /// The envelope of a signal of any length: a frame per hop and one more; silence surrounds the signal.
    public func envelope(of signal: [Double]) -> OnsetEnvelope {
        let frameRate = Double(sampleRate) / Double(hopLength)
        guard !signal.isEmpty else { return OnsetEnvelope(values: [], frameRate: frameRate) }
        let frames = signal.count / hopLength + 1
        let bands = bank.bandCount
        let levels = levels(of: signal, frames: frames)
        let floor = (levels.max() ?? 0) - Float(range)
        let shift = fftSize / (2 * hopLength)
        var values = [Double](repeating: 0, count: frames)
        for frame in stride(from: 1, to: frames - shift, by: 1) {
            var sum: Float = 0
            for place in frame * bands..<(frame + 1) * bands {
                sum += max(0, max(levels[place], floor) - max(levels[place - bands], floor))
            }
            values[frame + shift] = Double(sum) / Double(bands)
        }
        return OnsetEnvelope(values: values, frameRate: frameRate)
    }

    /// The log-mel spectrogram, [frames x bands] dB.
    private func levels(of signal: [Double], frames: Int) -> [Float] {
        let bands = bank.bandCount
        return [Float](unsafeUninitializedCapacity: frames * bands) { levels, count in
            ThreadPool.shared.run(frames, grain: Self.blockLength) { range in
                let start = range.lowerBound * hopLength - fftSize / 2
                let length = (range.count - 1) * hopLength + fftSize
                let inside = max(0, start)..<max(0, min(signal.count, start + length))
                var samples = [Double](repeating: 0, count: length)
                samples.replaceSubrange(
                    inside.lowerBound - start..<inside.upperBound - start, with: signal[inside])
                let powers = bank.bands(of: transform.analyse(samples).power)
                for place in powers.indices {
                    levels[range.lowerBound * bands + place] = Float(Decibel.power(powers[place]))
                }
            }
            count = frames * bands
        }
    }
}
