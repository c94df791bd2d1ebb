import Foundation
import Tensor

/// Smooth envelopes over the peaks of spectra, by repeated cepstral smoothing.
///
///     A[0] = log |X|,   A[i] = max(log |X|, V[i-1]),   V[i] = A[i] with quefrencies above a limit removed
///
/// Source: Röbel and Rodet, Efficient spectral envelope estimation and its application to pitch shifting and
/// envelope preservation, DAFx 2005.
/// Of four neighbouring bins the largest counts: the envelope lies over the peaks and is far smoother than that.
struct SpectralEnvelope: Sendable {
    private let fftSize: Int
    /// Cepstral coefficients kept.
    private let order: Int
    private let transform: RealFFT
    private static let iterations = 12
    /// Bins that become one.
    private let pool: Int
    /// Natural logarithm of the largest gain: 24 dB.
    private static let limit = log(16.0)

    /// - Parameters:
    ///   - fftSize: a multiple of 8, or any even number for an envelope of every bin.
    ///   - sampleRate: hertz. Quefrencies up to 1.25 ms are kept: below the period of any voice up to 800 Hz.
    init(fftSize: Int, sampleRate: Int) {
        require(fftSize % 2 == 0, "[envelope] FFT size \(fftSize): even sizes only")
        pool = fftSize % 8 == 0 && fftSize >= 64 ? 4 : 1
        self.fftSize = fftSize / pool
        order = min(self.fftSize / 4, max(4, Int(0.00125 * Double(sampleRate))))
        transform = RealFFT.plan(length: self.fftSize)
    }

    /// Multiplies every frame by E(ratio f) / E(f).
    func moveEnvelopes(of spectrum: inout Spectrogram, ratio: Double) {
        let bins = spectrum.binCount
        var powers = [Double](repeating: 0, count: bins)
        var logarithms = [Double](repeating: 0, count: fftSize / 2 + 1)
        for t in 0..<spectrum.frameCount {
            let start = t * bins
            var peak = 0.0
            for k in 0..<bins {
                powers[k] =
                    spectrum.real[start + k] * spectrum.real[start + k]
                    + spectrum.imaginary[start + k] * spectrum.imaginary[start + k]
                peak = max(peak, powers[k])
            }
            guard peak > 0 else { continue }
            for place in logarithms.indices {
                let middle = place * pool
                let around = max(0, middle - pool / 2)...min(bins - 1, middle + (pool - 1) / 2)
                // Bins more than 100 dB below the peak say nothing about the envelope.
                logarithms[place] = 0.5 * log(powers[around].reduce(1e-10 * peak, max))
            }
            let envelope = envelope(of: logarithms)
            func level(_ bin: Double) -> Double {
                let position = min(bin / Double(pool), Double(envelope.count - 1))
                let below = min(Int(position), envelope.count - 2)
                let share = position - Double(below)
                return (1 - share) * envelope[below] + share * envelope[below + 1]
            }
            for k in 0..<bins {
                let change = level(Double(k) * ratio) - level(Double(k))
                let gain = exp(max(-Self.limit, min(Self.limit, change)))
                spectrum.real[start + k] *= gain
                spectrum.imaginary[start + k] *= gain
            }
        }
    }

    /// The envelope of log magnitudes at every `pool`-th bin, as logarithms.
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
