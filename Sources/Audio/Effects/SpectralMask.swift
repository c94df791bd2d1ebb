import Tensor

/// Stripes of a spectrogram taken out: some bands for all the time, all bands for some time.
///
/// Source: Park et al., SpecAugment, Interspeech 2019 (without its time warping).
public struct SpectralMask: Sendable {
    /// How many stripes of each sort.
    public let bands: Int
    public let times: Int
    /// Widest stripe: octaves, seconds.
    public let bandWidth: Double
    public let timeWidth: Double

    public init(bands: Int, times: Int, bandWidth: Double, timeWidth: Double) {
        self.bands = bands
        self.times = times
        self.bandWidth = bandWidth
        self.timeWidth = timeWidth
    }

    /// What was taken out.
    public struct Stripes: Sendable, Equatable {
        /// Hertz, lowest and highest.
        public var bands: [ClosedRange<Double>] = []
        /// Seconds, begin and end.
        public var times: [ClosedRange<Double>] = []
    }

    /// - Returns: the signal, as long as before, and what it lacks.
    public func apply(
        to signal: [Float], sampleRate: Int, stream: RandomStream
    ) -> (signal: [Float], stripes: Stripes) {
        var stripes = Stripes()
        guard !signal.isEmpty else { return ([], stripes) }
        var stream = stream
        let size = EffectFrame.size(forRate: sampleRate)
        let transform = ShortTimeFourierTransform(fftSize: size, hopLength: size / 4, padding: .zero)
        var spectrum = transform.analyse(signal.map(Double.init))
        let (frames, bins) = (spectrum.frameCount, spectrum.binCount)
        var gains = [Double](repeating: 1, count: frames * bins)
        for _ in 0..<bands {
            // Stripes are drawn on an octave scale from 60 Hz up: low bands matter as much as high ones.
            let lowest = 60.0
            let low = stream.logUniform(lowest...max(lowest + 1, 0.45 * Double(sampleRate)))
            let high = low * Mathematics.power(2, stream.uniform(0...bandWidth))
            let spacing = Double(sampleRate) / Double(size)
            let range = min(bins, Int(low / spacing))..<min(bins, Int(high / spacing) + 1)
            for t in 0..<frames { for k in range { gains[t * bins + k] = 0 } }
            stripes.bands.append(low...high)
        }
        let hop = Double(size / 4) / Double(sampleRate)
        for _ in 0..<times {
            let width = Int(stream.uniform(0...timeWidth) / hop)
            let start = stream.integer(0..<max(1, frames))
            let end = min(frames, start + width)
            for i in start * bins..<end * bins { gains[i] = 0 }
            stripes.times.append(Double(start) * hop...Double(end) * hop)
        }
        spectrum.apply(gains: gains)
        return (transform.synthesise(spectrum, length: signal.count).map(Float.init), stripes)
    }
}
