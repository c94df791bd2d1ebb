import Foundation
import Tensor

/// A straight slope over the octaves, 0 dB at 1 kHz, without delay: a filter with a symmetric response of 32 ms.
public enum SpectralTilt {
    /// - Parameter decibelsPerOctave: above 0 makes it brighter; kept within 24 dB of the middle.
    public static func apply(_ signal: [Float], decibelsPerOctave: Double, sampleRate: Int) -> [Float] {
        guard !signal.isEmpty else { return [] }
        let response = response(decibelsPerOctave: decibelsPerOctave, sampleRate: sampleRate)
        let middle = response.count / 2
        let filtered = Convolution.causal(
            signal + [Float](repeating: 0, count: middle), with: response)
        return Array(filtered[middle...])
    }

    /// The response with its middle at half its count.
    private static func response(decibelsPerOctave: Double, sampleRate: Int) -> [Float] {
        let size = EffectFrame.size(forRate: sampleRate)
        let transform = RealFFT.plan(length: size)
        let gains = (0..<transform.binCount).map { k in
            let frequency = max(30, Double(k) * Double(sampleRate) / Double(size))
            let decibels = max(-24, min(24, decibelsPerOctave * log2(frequency / 1000)))
            return pow(10, decibels / 20) / Double(size)
        }
        let around = transform.inverse(
            real: gains, imaginary: [Double](repeating: 0, count: gains.count))
        let window = Window.hann.values(length: size)
        return (0..<size).map { Float(window[$0] * around[($0 + size / 2) % size]) }
    }
}

/// Frames of effects that work on short spectra.
enum EffectFrame {
    /// The power of two whose duration is nearest to 32 ms from below.
    static func size(forRate sampleRate: Int) -> Int {
        var size = 16
        while 2 * size <= sampleRate / 31 { size *= 2 }
        return size
    }
}
