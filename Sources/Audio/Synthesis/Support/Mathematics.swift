#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The few elementary functions that synthesis needs, so that one file alone knows the C library.
enum Mathematics {
    static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
    static func power(_ base: Float, _ exponent: Float) -> Float { powf(base, exponent) }
    static func exponential(_ x: Double) -> Double { exp(x) }
    static func exponential(_ x: Float) -> Float { expf(x) }
    static func logarithm(_ x: Double) -> Double { log(x) }
    static func sine(_ x: Double) -> Double { sin(x) }
    static func sine(_ x: Float) -> Float { sinf(x) }
    static func cosine(_ x: Double) -> Double { cos(x) }
    static func cosine(_ x: Float) -> Float { cosf(x) }
    static func tangent(_ x: Double) -> Double { tan(x) }
    static func hyperbolicTangent(_ x: Float) -> Float { tanhf(x) }

    /// Amplitude factor of a level in dB.
    static func gain(decibels: Double) -> Double { pow(10, decibels / 20) }

    /// Level in dB of an amplitude factor; -infinity for 0.
    static func decibels(gain: Double) -> Double { 20 * log10(gain) }

    /// Frequency in Hz of a MIDI note number (69 is 440 Hz).
    static func frequency(note: Double) -> Double { 440 * exp2((note - 69) / 12) }
}
