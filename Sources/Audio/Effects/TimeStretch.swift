import Tensor

/// A change of duration that keeps the pitch, by a phase vocoder.
public struct TimeStretch: Sendable {
    public let transform: ShortTimeFourierTransform
    public let vocoder: PhaseVocoder

    /// - Parameters:
    ///   - fftSize: samples per transform; see `fftSize(forRate:)` for what suits a sampling rate.
    ///   - hopLength: default a quarter of it.
    ///   - vocoder: default with locked phases and sharp attacks.
    public init(fftSize: Int, hopLength: Int? = nil, vocoder: PhaseVocoder = PhaseVocoder()) {
        transform = ShortTimeFourierTransform(fftSize: fftSize, hopLength: hopLength, padding: .zero)
        self.vocoder = vocoder
    }

    /// The power of two whose duration is nearest to 64 ms from below: long enough for the harmonics of a low
    /// voice, short enough for its movements.
    public static func fftSize(forRate sampleRate: Int) -> Int {
        var size = 64
        while Double(2 * size) <= 0.0641 * Double(sampleRate) { size *= 2 }
        return size
    }

    /// The signal `rate` times faster: count / rate samples, rounded.
    ///
    /// - Parameters:
    ///   - signal: any length.
    ///   - rate: above 0.
    public func stretch(_ signal: [Double], rate: Double) -> [Double] {
        let count = Int((Double(signal.count) / rate).rounded())
        guard !signal.isEmpty else { return [] }
        return transform.synthesise(vocoder.stretch(transform.analyse(signal), rate: rate), length: count)
    }
}
