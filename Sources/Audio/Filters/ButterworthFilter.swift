import Foundation
import Tensor

extension RecursiveFilter {
    /// What a filter lets pass; frequencies in hertz, where the response is 3 dB down.
    public enum Band: Sendable, Equatable {
        case lowPass(Double)
        case highPass(Double)
        /// Of order 2 N.
        case bandPass(Double, Double)
    }

    /// A maximally flat filter, by the bilinear transform with its frequencies pre-warped.
    ///
    ///     |H|^2 = 1 / (1 + (w / wc)^(2 N))   of the analogue low-pass
    ///
    /// - Parameters:
    ///   - order: N of the low-pass it is made from, 1 ... 32.
    ///   - band: edges between 0 and half the rate.
    ///   - sampleRate: hertz.
    /// Source: Oppenheim and Schafer, Discrete-Time Signal Processing, sections 7.1 and B.1.
    public static func butterworth(order: Int, _ band: Band, sampleRate: Double) -> RecursiveFilter {
        require((1...32).contains(order), "[butterworth] order \(order): 1 to 32")
        func warped(_ frequency: Double) -> Double {
            require(
                frequency > 0 && frequency < sampleRate / 2,
                "[butterworth] edge at \(frequency) Hz: between 0 and \(sampleRate / 2)")
            return 2 * tan(.pi * frequency / sampleRate)
        }
        // Poles of the analogue low-pass with edge 1 in the upper half plane, the real one (odd orders) last.
        let prototype = (0..<(order + 1) / 2).map { k in
            let angle = Double.pi / 2 + .pi * Double(2 * k + 1) / Double(2 * order)
            return 2 * k + 1 == order ? Complex(-1, 0) : Complex(cos(angle), sin(angle))
        }
        switch band {
        case .lowPass(let edge):
            let edge = warped(edge)
            return RecursiveFilter(
                prototype.map { Self.section(pole: $0 * edge, zero: -1, unitGainAt: Complex(1, 0)) })
        case .highPass(let edge):
            let edge = warped(edge)
            return RecursiveFilter(
                prototype.map {
                    Self.section(pole: Complex(edge, 0) / $0, zero: 1, unitGainAt: Complex(-1, 0))
                })
        case .bandPass(let lower, let upper):
            let (lower, upper) = (warped(lower), warped(upper))
            require(lower < upper, "[butterworth] the lower edge of the band is not below the upper one")
            let centre = (lower * upper).squareRoot()
            let middle = Self.bilinear(Complex(0, centre))
            let sections = prototype.flatMap { pole in
                let half = pole * ((upper - lower) / 2)
                let root = (half * half - Complex(centre * centre, 0)).squareRoot()
                return pole.imaginary == 0
                    ? [Self.section(half + root, half - root, unitGainAt: middle)]
                    : [half + root, half - root].map { Self.section($0, $0.conjugate, unitGainAt: middle) }
            }
            return RecursiveFilter(sections)
        }
    }

    /// z = (2 + s) / (2 - s).
    private static func bilinear(_ s: Complex) -> Complex {
        (Complex(2, 0) + s) / (Complex(2, 0) - s)
    }

    /// A section of a low-pass or high-pass: both zeros at -1 or 1; of first order if the pole is real.
    private static func section(pole: Complex, zero: Double, unitGainAt z: Complex) -> SecondOrderSection {
        let p = bilinear(pole)
        return pole.imaginary == 0
            ? normalised(
                SecondOrderSection(b0: 1, b1: -zero, b2: 0, a1: -p.real, a2: 0), unitGainAt: z)
            : normalised(
                SecondOrderSection(b0: 1, b1: -2 * zero, b2: 1, a1: -2 * p.real, a2: p.squaredMagnitude),
                unitGainAt: z)
    }

    /// A section of a band-pass: zeros at 1 and -1, two poles that are conjugate or real.
    private static func section(
        _ first: Complex, _ second: Complex, unitGainAt z: Complex
    ) -> SecondOrderSection {
        let (p, q) = (bilinear(first), bilinear(second))
        return normalised(
            SecondOrderSection(b0: 1, b1: 0, b2: -1, a1: -(p + q).real, a2: (p * q).real), unitGainAt: z)
    }

    private static func normalised(
        _ section: SecondOrderSection, unitGainAt z: Complex
    ) -> SecondOrderSection {
        let zz = z * z
        let numerator = zz * section.b0 + z * section.b1 + Complex(section.b2, 0)
        let denominator = zz + z * section.a1 + Complex(section.a2, 0)
        let gain = (denominator.squaredMagnitude / numerator.squaredMagnitude).squareRoot()
        var section = section
        section.b0 *= gain
        section.b1 *= gain
        section.b2 *= gain
        return section
    }
}

/// A complex number: as much arithmetic as the design of filters needs.
struct Complex: Equatable {
    var real: Double
    var imaginary: Double

    init(_ real: Double, _ imaginary: Double) {
        self.real = real
        self.imaginary = imaginary
    }

    var conjugate: Complex { Complex(real, -imaginary) }
    var squaredMagnitude: Double { real * real + imaginary * imaginary }

    static func + (a: Complex, b: Complex) -> Complex { Complex(a.real + b.real, a.imaginary + b.imaginary) }
    static func - (a: Complex, b: Complex) -> Complex { Complex(a.real - b.real, a.imaginary - b.imaginary) }
    static func * (a: Complex, b: Double) -> Complex { Complex(a.real * b, a.imaginary * b) }
    static func * (a: Complex, b: Complex) -> Complex {
        Complex(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
    }
    static func / (a: Complex, b: Complex) -> Complex { a * b.conjugate * (1 / b.squaredMagnitude) }

    /// The root with a real part of at least 0.
    func squareRoot() -> Complex {
        let magnitude = squaredMagnitude.squareRoot()
        let root = Complex(
            max(0, (magnitude + real) / 2).squareRoot(), max(0, (magnitude - real) / 2).squareRoot())
        return imaginary < 0 ? root.conjugate : root
    }
}
