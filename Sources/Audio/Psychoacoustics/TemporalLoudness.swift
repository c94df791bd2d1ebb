import Foundation

/// How the loudness of a critical band fades behind a sound: quickly after a short one, slowly after a long one.
///
/// The standard describes it as a circuit: the input charges a capacitor at once through a diode; that one
/// discharges through a resistor, and feeds a second capacitor through another diode and resistor, which holds
/// it up the longer the input lasted. With u the first voltage, v the second, and the time constants
/// Tshort = 5 ms, Tlong = 15 ms, Tvar = 75 ms, while the input is below u:
///
///     u > v:   v' = (u - v) / Tvar, and u, v move on the two modes exp(l t) of
///              l^2 + l (Tvar + Tlong) / (Tvar Tshort) + 1 / (Tvar Tshort) = 0
///     u = v:   u' = -u / Tlong
///
/// and otherwise u is the input and v approaches it with Tvar. The steps are 1/48000 s, between which the
/// input is interpolated linearly.
/// Source: ISO 532-1:2017, clause 6.3 and annex A (nonlinear temporal decay).
struct TemporalDecay {
    /// Steps from one value of core loudness, every 0.5 ms, to the next.
    private static let substeps = 24

    private static let short = 0.005
    private static let long = 0.015
    private static let variable = 0.075

    /// What a step of free discharge makes of (u, v), when u > v.
    private let uFromU, uFromV, vFromU, vFromV: Double
    /// The factors of a step on the single capacitor, and on the distance between v and the input.
    private let fade, approach: Double

    private var u = 0.0
    private var v = 0.0

    private init() {
        let step = 1 / (2000 * Double(Self.substeps))
        let half = (Self.variable + Self.long) / (2 * Self.variable * Self.short)
        let root = (half * half - 1 / (Self.variable * Self.short)).squareRoot()
        let (slow, fast) = (root - half, -root - half)
        // A mode exp(l t) of v comes with (1 + Tvar l) exp(l t) of u.
        let (slowRatio, fastRatio) = (1 + Self.variable * slow, 1 + Self.variable * fast)
        let (slowStep, fastStep) = (exp(slow * step), exp(fast * step))
        let norm = 1 / (slowRatio - fastRatio)
        vFromU = (slowStep - fastStep) * norm
        vFromV = (slowRatio * fastStep - fastRatio * slowStep) * norm
        uFromU = (slowRatio * slowStep - fastRatio * fastStep) * norm
        uFromV = slowRatio * fastRatio * (fastStep - slowStep) * norm
        fade = exp(-step / Self.long)
        approach = exp(-step / Self.variable)
    }

    /// Replaces a band's core loudness, every 0.5 ms, by its decaying version.
    ///
    /// - Parameters:
    ///   - values: `count` values, `stride` apart; silence follows the last.
    static func apply(to values: UnsafeMutablePointer<Double>, count: Int, stride: Int) {
        var circuit = TemporalDecay()
        for i in 0..<count {
            let input = values[i * stride]
            let next = i + 1 < count ? values[(i + 1) * stride] : 0
            // Faded to nothing: subnormal numbers would be slow.
            if input == 0 && next == 0 && circuit.u < 1e-30 {
                (circuit.u, circuit.v) = (0, 0)
                continue
            }
            values[i * stride] = circuit.advance(input)
            let slope = (next - input) / Double(substeps)
            for step in 1..<substeps { _ = circuit.advance(input + Double(step) * slope) }
        }
    }

    @inline(__always)
    private mutating func advance(_ input: Double) -> Double {
        if input < u {
            if u > v {
                let freeU = uFromU * u + uFromV * v
                let freeV = vFromU * u + vFromV * v
                u = max(freeU, input)
                v = min(freeV, u)
            } else {
                u = max(u * fade, input)
                v = u
            }
        } else {
            v = u == input && input <= v ? input : (v - input) * approach + input
            u = input
        }
        return u
    }
}

/// The smoothing of total loudness over time. See `TimeVaryingLoudness`.
enum TemporalIntegration {
    private static let substeps = 24
    private static let parts = [(weight: 0.47, constant: 0.0035), (weight: 0.53, constant: 0.07)]

    /// - Parameter values: loudness every 0.5 ms; silence follows the last.
    static func smooth(_ values: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: values.count)
        let rate = 2000 * Double(substeps)
        for part in parts {
            let keep = exp(-1 / (rate * part.constant))
            // 24 steps y <- (1 - k) x + k y with x moving linearly, of which the first is read, at once.
            var power = 1.0
            var weightOfSlope = 0.0
            for step in (1..<substeps).reversed() {
                weightOfSlope += (1 - keep) * power * Double(step) / Double(substeps)
                power *= keep
            }
            let weightOfValue = 1 - power
            var y = 0.0
            for i in values.indices {
                y = (1 - keep) * values[i] + keep * y
                result[i] += part.weight * y
                let next = i + 1 < values.count ? values[i + 1] : 0
                y = power * y + weightOfValue * values[i] + weightOfSlope * (next - values[i])
                if y < 1e-30 { y = 0 }
            }
        }
        return result
    }
}
