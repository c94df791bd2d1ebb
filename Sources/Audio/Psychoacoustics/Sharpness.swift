import Foundation

/// Sharpness: how much of a sound's loudness lies in high critical bands.
///
///     S = 0.11 (sum over z of N'(z) g(z) z dz) / N,   dz = 0.1 Bark
///
/// in acum; critical-band noise at 1 kHz and 60 dB SPL has 1 acum. The weightings differ in g:
///
///     DIN 45692    1 up to 15.8 Bark, then 0.15 exp(0.42 (z - 15.8)) + 0.85
///     Bismarck     1 up to 15 Bark, then 0.2 exp(0.308 (z - 15)) + 0.8
///     Fastl        1 up to 14 Bark, then 0.00012 z^4 - 0.0056 z^3 + 0.1 z^2 - 0.81 z + 3.51
///     Aures        0.078 exp(0.171 z) / z * N / ln(0.05 N + 1)
///
/// Sources: DIN 45692:2009; von Bismarck, Sharpness as an attribute of the timbre of steady sounds, Acustica
/// 30, 1974; Fastl and Zwicker, Psychoacoustics, 3rd ed., 2007, section 9.2; Aures, Berechnungsverfahren fuer den sensorischen Wohlklang, Acustica 59, 1985.
public enum Sharpness: String, Sendable, CaseIterable, Codable {
    case din45692 = "din_45692"
    case bismarck
    case fastl
    case aures

    /// The sharpness of a steady sound, acum; 0 if nothing is heard.
    public func value(of loudness: StationaryLoudness) -> Double {
        loudness.specificLoudness.withUnsafeBufferPointer {
            value(specificLoudness: $0, loudness: loudness.loudness)
        }
    }

    /// - Parameters:
    ///   - specific: N' at 0.1, 0.2 ... 24.0 Bark, sone/Bark.
    ///   - loudness: N, sone.
    func value(specificLoudness specific: UnsafeBufferPointer<Double>, loudness: Double) -> Double {
        guard loudness > 0 else { return 0 }
        let weights = Self.weights[self] ?? []
        var sum = 0.0
        for i in 0..<min(specific.count, weights.count) { sum += specific[i] * weights[i] }
        let scale = self == .aures ? 1 / log(0.05 * loudness + 1) : 1 / loudness
        return 0.11 * 0.1 * sum * scale
    }

    /// z g(z) at the steps of specific loudness, without the part that depends on N.
    private static let weights: [Sharpness: [Double]] = Dictionary(
        uniqueKeysWithValues: allCases.map { kind in
            (
                kind,
                (1...LoudnessTables.stepCount).map { step in
                    let z = 0.1 * Double(step)
                    return switch kind {
                    case .din45692: z * (z <= 15.8 ? 1 : 0.15 * exp(0.42 * (z - 15.8)) + 0.85)
                    case .bismarck: z * (z <= 15 ? 1 : 0.2 * exp(0.308 * (z - 15)) + 0.8)
                    case .fastl:
                        z * (z <= 14 ? 1 : (((0.00012 * z - 0.0056) * z + 0.1) * z - 0.81) * z + 3.51)
                    case .aures: 0.078 * exp(0.171 * z)
                    }
                }
            )
        })
}
