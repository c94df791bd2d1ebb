import Foundation

/// The weightings of a sound level meter, as gains over frequency.
///
///     A(f) = f4^2 f^4 / ((f^2 + f1^2) sqrt(f^2 + f2^2) sqrt(f^2 + f3^2) (f^2 + f4^2))
///     C(f) = f4^2 f^2 / ((f^2 + f1^2) (f^2 + f4^2))
///
/// both divided by their value at 1 kHz, so that a 1 kHz tone keeps its level.
/// Source: IEC 61672-1:2013, clause 5.5 and annex E.
public enum FrequencyWeighting: String, Sendable, CaseIterable, Codable {
    /// All frequencies alike.
    case none
    /// The ear at low levels: bass counts little.
    case a
    /// The ear at high levels: nearly flat from 50 Hz to 5 kHz.
    case c

    /// Pole frequencies f1 ... f4 in hertz (IEC 61672-1, annex E).
    private static let poles = (20.598997, 107.65265, 737.86223, 12194.217)

    /// The factor on amplitudes, 1 at 1 kHz.
    ///
    /// - Parameter frequency: hertz, not negative.
    public func gain(at frequency: Double) -> Double {
        shape(at: frequency * frequency) / shape(at: 1e6)
    }

    /// The gain in decibels; minus infinity at 0 Hz except for `.none`.
    ///
    /// - Parameter frequency: hertz, not negative.
    public func decibels(at frequency: Double) -> Double { 20 * log10(gain(at: frequency)) }

    /// Up to a constant, over the squared frequency.
    private func shape(at square: Double) -> Double {
        let (f1, f2, f3, f4) = Self.poles
        let ends = (square + f1 * f1) * (square + f4 * f4)
        return switch self {
        case .none: 1
        case .a: square * square / (ends * ((square + f2 * f2) * (square + f3 * f3)).squareRoot())
        case .c: square / ends
        }
    }
}
