/// The signed-rank test of paired differences: is their distribution symmetric about zero?
///
/// Ranks of |d|, ties sharing their mean; the ranks of zero differences are split evenly between both signs
/// (`zsplit`). Exact without ties and zeros up to 50 pairs, else the normal approximation with the correction
/// for ties and without one for continuity. As scipy.stats.wilcoxon(zero_method="zsplit").
///
/// Source: Wilcoxon, Individual comparisons by ranking methods, Biometrics Bulletin 1 (6), 1945.
public struct WilcoxonSignedRank: Sendable, Equatable {
    /// The sum of the ranks of positive differences.
    public let positiveRanks: Double
    /// The sum of the ranks of negative differences.
    public let negativeRanks: Double
    /// Two-sided.
    public let p: Double
    public let isExact: Bool

    private static let mostExact = 50

    /// - Parameter differences: finite; nil when there are none, or all are zero.
    public init?(_ differences: [Double]) {
        guard differences.contains(where: { $0 != 0 }) else { return nil }
        let order = differences.indices.sorted { abs(differences[$0]) < abs(differences[$1]) }
        let count = Double(order.count)
        var (plus, minus, squares, hasTies) = (0.0, 0.0, 0.0, false)
        var start = 0
        while start < order.count {
            let size = abs(differences[order[start]])
            var end = start + 1
            while end < order.count, abs(differences[order[end]]) == size { end += 1 }
            let rank = 0.5 * Double(start + 1 + end)
            for index in order[start..<end] {
                if differences[index] > 0 {
                    plus += rank
                } else if differences[index] < 0 {
                    minus += rank
                } else {
                    plus += rank / 2
                    minus += rank / 2
                }
            }
            // Zeros do not vary under a change of signs: the reference counts them as any other tie.
            hasTies = hasTies || end - start > 1 || size == 0
            let tied = Double(end - start)
            squares += tied * (tied * tied - 1)
            start = end
        }
        positiveRanks = plus
        negativeRanks = minus
        isExact = !hasTies && order.count <= Self.mostExact
        if isExact {
            p = Self.exact(min(plus, minus), count: order.count)
        } else {
            let variance = (count * (count + 1) * (2 * count + 1) - squares / 2) / 24
            let z = (min(plus, minus) - count * (count + 1) / 4) / variance.squareRoot()
            p = min(1, NormalDistribution.twoSided(z))
        }
    }

    /// 2 P(W <= w) by counting the subsets of 1...n of each sum.
    private static func exact(_ w: Double, count: Int) -> Double {
        let limit = Int(w)
        var ways = [Double](repeating: 0, count: limit + 1)
        ways[0] = 1
        for rank in 1...count where rank <= limit {
            for sum in stride(from: limit, through: rank, by: -1) { ways[sum] += ways[sum - rank] }
        }
        let below = ways.reduce(0, +)
        return min(1, 2 * below / Double(sign: .plus, exponent: count, significand: 1))
    }
}
