import Audio
import Foundation

/// Third-octave levels by Butterworth filters of the third order, the other common way to measure them.
///
/// The design frequencies are spread so that the effective bandwidth of a third octave is kept:
///
///     Q = f / (f2 - f1),   Q' = Q (pi / 6) / sin(pi / 6),   edges f / a and f a,   a = (1 + sqrt(1 + 4 Q'^2)) / (2 Q')
///
/// Source: ANSI S1.1-1986, order 3.
enum ButterworthThirdOctaves {
    /// Of a signal at 48 kHz, dB SPL, 25 Hz to 12.5 kHz.
    static func levels(of samples: [Float], calibration: Calibration) -> [Double] {
        let signal = samples.map(Double.init)
        return (0..<28).map { band in
            let centre = 1000 * pow(10, Double(band - 16) / 10)
            let quality = 1 / (pow(2, 1.0 / 6) - pow(2, -1.0 / 6)) * (Double.pi / 6) / sin(Double.pi / 6)
            let spread = (1 + (1 + 4 * quality * quality).squareRoot()) / (2 * quality)
            let filter = RecursiveFilter.butterworth(
                order: 3, .bandPass(centre / spread, centre * spread), sampleRate: 48000)
            let power = filter.filter(signal).reduce(0) { $0 + $1 * $1 } / Double(signal.count)
            return calibration.level(meanSquare: power)
        }
    }
}
