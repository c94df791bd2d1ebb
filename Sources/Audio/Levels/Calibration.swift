import Foundation
import Tensor

/// What a digital sample means in the air: the sound pressure of a sample of value 1.
///
///     p(t) = pascalsPerUnit x(t),   L = 20 log10(rms(p) / 20 uPa) dB SPL
///
/// Loudness, sharpness and roughness depend on the absolute level, so every feature that is computed from
/// one keeps it. There is no default: a recording does not say how loud it was played.
public struct Calibration: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The pressure to which levels refer, 20 uPa.
    public static let referencePressure = 2e-5

    /// Pascals of a sample of value 1; positive and finite.
    public let pascalsPerUnit: Double

    /// - Parameter pascalsPerUnit: pressure of a sample of value 1, pascals, positive and finite.
    public init(pascalsPerUnit: Double) {
        require(
            pascalsPerUnit > 0 && pascalsPerUnit.isFinite,
            "[Calibration] \(pascalsPerUnit) pascals per unit: positive and finite is accepted")
        self.pascalsPerUnit = pascalsPerUnit
    }

    /// - Parameter fullScaleSineLevel: sound pressure level of a sine whose peaks are 1 and -1 (-3.01 dBFS
    ///   when 0 dBFS is the rms of a full-scale square wave), dB SPL.
    public init(fullScaleSineLevel: Double) {
        self.init(
            pascalsPerUnit: Self.referencePressure * 2.0.squareRoot() * pow(10, fullScaleSineLevel / 20))
    }

    /// Sound pressure level of a sine whose peaks are 1 and -1, dB SPL.
    public var fullScaleSineLevel: Double {
        20 * log10(pascalsPerUnit / (Self.referencePressure * 2.0.squareRoot()))
    }

    /// The sound pressure level of a signal.
    ///
    /// - Parameter meanSquare: mean of the squared samples.
    /// - Returns: dB SPL; minus infinity for silence.
    public func level(meanSquare: Double) -> Double {
        10 * log10(meanSquare) + 20 * log10(pascalsPerUnit / Self.referencePressure)
    }

    public var description: String {
        "full-scale sine = \(String(format: "%.2f", fullScaleSineLevel)) dB SPL"
    }
}
