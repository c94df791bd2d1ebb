import Foundation

/// Student's t distribution.
public struct StudentDistribution: Sendable {
    /// Positive; need not be whole (Welch).
    public let degreesOfFreedom: Double

    /// - Parameter degreesOfFreedom: positive.
    public init(degreesOfFreedom: Double) {
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// P(|T| >= |t|) = I_x(nu / 2, 1 / 2) with x = nu / (nu + t^2).
    ///
    /// Source: Abramowitz, Stegun, Handbook of Mathematical Functions, 26.7.
    public func twoSided(_ t: Double) -> Double {
        if t.isNaN { return .nan }
        if t.isInfinite { return 0 }
        let nu = degreesOfFreedom
        return IncompleteBeta.regularised(nu / (nu + t * t), nu / 2, 0.5)
    }

    /// P(T <= t).
    public func cumulative(_ t: Double) -> Double {
        let tail = 0.5 * twoSided(t)
        return t > 0 ? 1 - tail : tail
    }

    /// The t that |T| exceeds with probability `alpha`, 0 < alpha < 1: 12.706 for one degree and 0.05.
    public func critical(twoSided alpha: Double) -> Double {
        var (low, high) = (0.0, 1.0)
        while twoSided(high) > alpha, high < 1e300 { (low, high) = (high, high * 2) }
        for _ in 0..<200 where high - low > 1e-15 * high {
            let middle = 0.5 * (low + high)
            if twoSided(middle) > alpha { low = middle } else { high = middle }
        }
        return 0.5 * (low + high)
    }
}

/// The incomplete beta function.
enum IncompleteBeta {
    /// I_x(a, b) by its continued fraction, evaluated with Lentz' method.
    ///
    /// Source: Abramowitz, Stegun, Handbook of Mathematical Functions, 26.5.8.
    static func regularised(_ x: Double, _ a: Double, _ b: Double) -> Double {
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        // The fraction converges fast on this side only.
        if x > (a + 1) / (a + b + 2) { return 1 - regularised(1 - x, b, a) }
        let front = exp(
            a * log(x) + b * log1p(-x) + lgamma(a + b) - lgamma(a) - lgamma(b) - log(a))
        let tiny = 1e-300
        var (c, d) = (1.0, 1 - (a + b) * x / (a + 1))
        if abs(d) < tiny { d = tiny }
        d = 1 / d
        var value = d
        for m in stride(from: 1.0, through: 1000, by: 1) {
            for numerator in [
                m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
            ] {
                d = 1 + numerator * d
                if abs(d) < tiny { d = tiny }
                d = 1 / d
                c = 1 + numerator / c
                if abs(c) < tiny { c = tiny }
                value *= c * d
            }
            if abs(c * d - 1) < 1e-15 { break }
        }
        return front * value
    }
}
