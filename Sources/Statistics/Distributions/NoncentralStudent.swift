import Foundation

/// Student's t of a normal number whose mean is not zero: what a t test sees when there is a difference.
public struct NoncentralStudent: Sendable {
    /// Positive; need not be whole.
    public let degreesOfFreedom: Double
    /// Places of the scale s = chi / sqrt(nu) and their probabilities.
    private let places: [(scale: Double, weight: Double)]

    /// - Parameter degreesOfFreedom: positive.
    public init(degreesOfFreedom: Double) {
        self.degreesOfFreedom = degreesOfFreedom
        let nu = degreesOfFreedom
        // chi has a mean below sqrt(nu) and a standard deviation below 0.71. Its root is the variable of
        // integration: its density is smooth at zero, too.
        let low = max(0, nu.squareRoot() - 8).squareRoot()
        let high = (nu.squareRoot() + 8).squareRoot()
        let intervals = 300
        var places: [(scale: Double, weight: Double)] = []
        var total = 0.0
        for index in 0...intervals {
            let root = low + (high - low) * Double(index) / Double(intervals)
            if root == 0 { continue }
            let chi = root * root
            let simpson = index == 0 || index == intervals ? 1.0 : index % 2 == 1 ? 4 : 2
            // Relative to its greatest value, so that no factor overflows for many degrees.
            let peak = max(nu - 1, 0.5)
            let logDensity =
                (nu - 1) * log(chi) - chi * chi / 2 - (peak * log(peak.squareRoot()) - peak / 2)
            let weight = simpson * root * exp(logDensity)
            total += weight
            places.append((chi / nu.squareRoot(), weight))
        }
        self.places = places.map { ($0.scale, $0.weight / total) }
    }

    /// P(T <= t), to about 1e-9: the mean of Phi(t s - shift) over the scale s.
    ///
    /// Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 2 (1995), chapter 31.
    ///
    /// - Parameter shift: the true mean divided by its standard error.
    public func cumulative(_ t: Double, shift: Double) -> Double {
        places.reduce(0) { $0 + $1.weight * NormalDistribution.cumulative(t * $1.scale - shift) }
    }

    /// The shift, in standard errors, at which a two-sided t test at `level` finds a difference with
    /// probability `power`.
    ///
    /// - Parameters:
    ///   - level: default 0.05.
    ///   - power: default 0.8.
    public func detectableShift(level: Double = 0.05, power: Double = 0.8) -> Double {
        let critical = StudentDistribution(degreesOfFreedom: degreesOfFreedom).critical(twoSided: level)
        func missing(_ shift: Double) -> Double {
            power - (1 - cumulative(critical, shift: shift) + cumulative(-critical, shift: shift))
        }
        var (low, high) = (0.0, critical + 1)
        var (atLow, atHigh) = (missing(low), missing(high))
        while atHigh > 0, high < 1e6 {
            (low, atLow, high) = (high, atHigh, 2 * high)
            atHigh = missing(high)
        }
        // Secants between the ends; halving an end's value that stays keeps both ends moving (Illinois).
        for _ in 0..<60 where high - low > 1e-10 * high {
            let middle = (low * atHigh - high * atLow) / (atHigh - atLow)
            let value = missing(middle)
            if abs(value) < 1e-12 { return middle }
            if value > 0 {
                (low, atLow) = (middle, value)
                atHigh /= 2
            } else {
                (high, atHigh) = (middle, value)
                atLow /= 2
            }
        }
        return 0.5 * (low + high)
    }
}
