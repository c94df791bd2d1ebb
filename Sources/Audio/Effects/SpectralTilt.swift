import Foundation

/// A straight slope over the octaves, 0 dB at 1 kHz, without delay.
public enum SpectralTilt {
    /// - Parameter decibelsPerOctave: above 0 makes it brighter; kept within 24 dB of the middle.
    public static func apply(_ signal: [Float], decibelsPerOctave: Double, sampleRate: Int) -> [Float] {
        guard !signal.isEmpty else { return [] }
        let size = max(16, sampleRate / 31 / 4 * 4)
        let transform = ShortTimeFourierTransform(fftSize: size, hopLength: size / 4, padding: .zero)
        var spectrum = transform.analyse(signal.map(Double.init))
        let gains = (0..<spectrum.binCount).map { k in
            let frequency = max(30, Double(k) * Double(sampleRate) / Double(size))
            let decibels = max(-24, min(24, decibelsPerOctave * log2(frequency / 1000)))
            return pow(10, decibels / 20)
        }
        spectrum.apply(gains: (0..<spectrum.frameCount).flatMap { _ in gains })
        return transform.synthesise(spectrum, length: signal.count).map(Float.init)
    }
}
