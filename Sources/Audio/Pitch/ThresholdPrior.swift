import Foundation
import Tensor

/// How probable each threshold of YIN is held before the sound is heard: a beta distribution.
///
///     p(s) ~ s^(alpha - 1) (1 - s)^(beta - 1),   0 <= s <= 1
///
/// Source: Mauch and Dixon, pYIN: a fundamental frequency estimator using probabilistic threshold
/// distributions, ICASSP 2014.
public struct ThresholdPrior: Sendable, Equatable {
    /// At least 1.
    public let alpha: Double
    /// At least 1.
    public let beta: Double

    /// P(s <= i / cells), i = 0 ... cells.
    private let cumulative: [Double]
    private static let cells = 1024

    /// - Parameters:
    ///   - alpha: at least 1; default 2.
    ///   - beta: at least 1; default 18, which makes the mean threshold 0.1.
    public init(alpha: Double = 2, beta: Double = 18) {
        require(alpha >= 1 && beta >= 1, "[pyin] beta distribution (\(alpha), \(beta)): both at least 1")
        self.alpha = alpha
        self.beta = beta
        func density(_ s: Double) -> Double { pow(s, alpha - 1) * pow(1 - s, beta - 1) }
        var cumulative = [0.0]
        let width = 1 / Double(Self.cells)
        for cell in 0..<Self.cells {
            // Simpson's rule over a cell.
            let left = Double(cell) * width
            let mass = density(left) + 4 * density(left + width / 2) + density(left + width)
            cumulative.append(cumulative[cell] + mass)
        }
        let total = cumulative[Self.cells]
        self.cumulative = cumulative.map { $0 / total }
    }

    /// The probability that the threshold is at most `s`; 0 below 0, 1 above 1.
    public func probability(upTo s: Double) -> Double {
        let position = max(0, min(1, s)) * Double(Self.cells)
        let cell = min(Self.cells - 1, Int(position))
        let share = position - Double(cell)
        return cumulative[cell] + share * (cumulative[cell + 1] - cumulative[cell])
    }
}
