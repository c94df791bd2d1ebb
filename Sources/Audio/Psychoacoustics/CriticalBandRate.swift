import Foundation

/// The critical-band rate, a frequency scale on which the ear's bands are equally wide.
public enum CriticalBandRate {
    /// z = 13 atan(0.76 f) + 3.5 atan((f / 7.5)^2), f in kHz.
    ///
    /// Source: Zwicker and Terhardt, Analytical expressions for critical-band rate and critical bandwidth as a
    /// function of frequency, JASA 68, 1980.
    ///
    /// - Parameter frequency: hertz, not negative.
    /// - Returns: Bark, 0 to about 24.
    public static func bark(_ frequency: Double) -> Double {
        let high = frequency / 7500
        return 13 * atan(0.00076 * frequency) + 3.5 * atan(high * high)
    }

    /// The level at which a tone is just heard, dB SPL:
    /// 3.64 f^-0.8 - 6.5 exp(-0.6 (f - 3.3)^2) + 0.001 f^4, f in kHz.
    ///
    /// Source: Terhardt, Calculating virtual pitch, Hearing Research 1, 1979.
    ///
    /// - Parameter frequency: hertz, positive.
    public static func thresholdInQuiet(_ frequency: Double) -> Double {
        let f = frequency / 1000
        return 3.64 * pow(f, -0.8) - 6.5 * exp(-0.6 * (f - 3.3) * (f - 3.3)) + 0.001 * pow(f, 4)
    }
}
