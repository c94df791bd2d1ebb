import Foundation

/// Tapers that weight a frame of samples before its spectrum is taken.
public enum Window: String, Sendable, CaseIterable {
    /// 0.5 - 0.5 cos
    case hann
    /// 0.54 - 0.46 cos
    case hamming
    /// 0.42 - 0.5 cos + 0.08 cos of twice the angle
    case blackman
    /// 1
    case rectangular

    /// The window's values: w[n] = a0 - a1 cos(2 pi n / D) + a2 cos(4 pi n / D).
    ///
    /// - Parameters:
    ///   - length: N, samples.
    ///   - periodic: true for spectral analysis (D = N: shifted copies add up to a constant), false for
    ///     filter design (D = N - 1: both ends are alike).
    /// - Returns: `length` values in [0, 1].
    public func values(length: Int, periodic: Bool = true) -> [Double] {
        let denominator = Double(periodic ? length : max(1, length - 1))
        let (a0, a1, a2): (Double, Double, Double) =
            switch self {
            case .hann: (0.5, 0.5, 0)
            case .hamming: (0.54, 0.46, 0)
            case .blackman: (0.42, 0.5, 0.08)
            case .rectangular: (1, 0, 0)
            }
        return (0..<length).map { n in
            let angle = 2 * Double.pi * Double(n) / denominator
            return max(0, a0 - a1 * cos(angle) + a2 * cos(2 * angle))
        }
    }

    /// The Kaiser window I0(beta sqrt(1 - r^2)) / I0(beta), r from -1 to 1 over the length.
    ///
    /// - Parameters:
    ///   - length: samples.
    ///   - beta: shape; larger means lower side lobes and a wider main lobe.
    /// - Returns: `length` values in (0, 1], symmetric.
    public static func kaiser(length: Int, beta: Double) -> [Double] {
        guard length > 1 else { return [Double](repeating: 1, count: length) }
        let scale = 1 / besselI0(beta)
        return (0..<length).map { n in
            let r = 2 * Double(n) / Double(length - 1) - 1
            return besselI0(beta * max(0, 1 - r * r).squareRoot()) * scale
        }
    }

    /// The modified Bessel function of the first kind and order zero, by its power series.
    static func besselI0(_ x: Double) -> Double {
        let quarter = x * x / 4
        var term = 1.0
        var sum = 1.0
        var k = 1.0
        while term > sum * 1e-17 {
            term *= quarter / (k * k)
            sum += term
            k += 1
        }
        return sum
    }
}
