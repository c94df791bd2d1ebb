import Foundation

/// The standard normal distribution.
public enum NormalDistribution {
    /// P(Z <= z).
    public static func cumulative(_ z: Double) -> Double {
        0.5 * erfc(-z / 2.0.squareRoot())
    }

    /// P(|Z| >= |z|), exact far into the tail.
    public static func twoSided(_ z: Double) -> Double {
        erfc(abs(z) / 2.0.squareRoot())
    }

    /// The z below which a share `p` lies, 0 < p < 1; infinite at the ends.
    public static func quantile(_ p: Double) -> Double {
        if p <= 0 { return -.infinity }
        if p >= 1 { return .infinity }
        if p > 0.5 { return -quantile(1 - p) }
        // Newton from the tail's leading term; the function is concave there, so the steps do not overshoot far.
        var z = p < 0.02 ? -(-2 * log(p)).squareRoot() : 2.5 * (p - 0.5)
        for _ in 0..<60 {
            let density = exp(-0.5 * z * z) / (2 * Double.pi).squareRoot()
            let step = (cumulative(z) - p) / density
            z -= max(-1, min(1, step))
            if abs(step) < 1e-14 * max(1, abs(z)) { break }
        }
        return z
    }
}
