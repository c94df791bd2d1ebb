import Foundation
import Tensor

/// Smooth envelopes over the peaks of spectra, by repeated cepstral smoothing.
///
///     A[0] = log |X|,   A[i] = max(log |X|, V[i-1]),   V[i] = A[i] with quefrencies above a limit removed
///
/// Source: Röbel and Rodet, Efficient spectral envelope estimation and its application to pitch shifting and
/// envelope preservation, DAFx 2005.
struct SpectralEnvelope: Sendable {
    private let fftSize: Int
    /// Cepstral coefficients kept.
    private let order: Int
    private let transform: RealFFT
    private static let iterations = 12
    /// Natural logarithm of the largest gain: 24 dB.
    private static let limit = log(16.0)

    /// - Parameters:
    ///   - fftSize: even.
    ///   - sampleRate: hertz. Quefrencies up to 1.25 ms are kept: below the period of any voice up to 800 Hz.
    init(fftSize: Int, sampleRate: Int) {
        require(fftSize % 2 == 0, "[envelope] FFT size \(fftSize): even sizes only")
        self.fftSize = fftSize
        order = min(fftSize / 4, max(4, Int(0.00125 * Double(sampleRate))))
        transform = RealFFT.plan(length: fftSize)
    }

    /// Multiplies every frame by E(ratio f) / E(f).
    func moveEnvelopes(of spectrum: inout Spectrogram, ratio: Double) {
        let bins = spectrum.binCount
        var logarithms = [Double](repeating: 0, count: bins)
        for t in 0..<spectrum.frameCount {
            let start = t * bins
            var peak = 0.0
            for k in 0..<bins {
                let power =
                    spectrum.real[start + k] * spectrum.real[start + k]
                    + spectrum.imaginary[start + k] * spectrum.imaginary[start + k]
                logarithms[k] = power
                peak = max(peak, power)
            }
            guard peak > 0 else { continue }
            // Bins more than 100 dB below the peak say nothing about the envelope.
            for k in 0..<bins { logarithms[k] = 0.5 * log(max(logarithms[k], 1e-10 * peak)) }
            let envelope = envelope(of: logarithms)
            for k in 0..<bins {
                let position = min(Double(k) * ratio, Double(bins - 1))
                let below = min(Int(position), bins - 2)
                let share = position - Double(below)
                let moved = (1 - share) * envelope[below] + share * envelope[below + 1]
                let gain = exp(max(-Self.limit, min(Self.limit, moved - envelope[k])))
                spectrum.real[start + k] *= gain
                spectrum.imaginary[start + k] *= gain
            }
        }
    }

    /// The envelope of log magnitudes, as logarithms: [bins].
    func envelope(of logarithms: [Double]) -> [Double] {
        let zeros = [Double](repeating: 0, count: logarithms.count)
        var raised = logarithms
        var smooth = logarithms
        for _ in 0..<Self.iterations {
            var cepstrum = transform.inverse(real: raised, imaginary: zeros)
            for n in order + 1..<fftSize - order { cepstrum[n] = 0 }
            smooth = transform.forward(cepstrum).real.map { $0 / Double(fftSize) }
            for k in raised.indices { raised[k] = max(logarithms[k], smooth[k]) }
        }
        return smooth
    }
}
