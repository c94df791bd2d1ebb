import Tensor

/// The exact permutation test of paired differences: how often does a random choice of signs give a mean as far
/// from zero as the one found?
///
/// With n pairs the smallest reachable two-sided p is 2 / 2^n, so fewer than six can never show p < 0.05.
/// As scipy.stats.permutation_test(permutation_type="samples").
///
/// Source: Fisher, The Design of Experiments (1935), section 21.
public struct SignFlipTest: Sendable, Equatable {
    /// Two-sided.
    public let p: Double
    /// False when signs were sampled, beyond 20 pairs.
    public let isExact: Bool

    /// The smallest two-sided p that `pairs` pairs can show.
    public static func smallestP(pairs: Int) -> Double {
        min(1, Double(sign: .plus, exponent: 1 - pairs, significand: 1))
    }

    /// How many pairs are needed before the smallest of `comparisons` p values, adjusted by Holm's method, can
    /// reach `level`.
    public static func pairsNeeded(comparisons: Int = 1, level: Double = 0.05) -> Int {
        var pairs = 1
        while Double(max(1, comparisons)) * smallestP(pairs: pairs) > level { pairs += 1 }
        return pairs
    }

    private static let mostExact = 20
    private static let samples = 100_000

    /// - Parameters:
    ///   - differences: finite; nil when there are none.
    ///   - key: names the random draws beyond 20 pairs.
    public init?(_ differences: [Double], key: String = "") {
        guard !differences.isEmpty else { return nil }
        let found = abs(differences.reduce(0, +))
        // Sums in another order differ in their last bits; a mean as large as the one found must count.
        let slack = 1e-12 * differences.reduce(0) { $0 + abs($1) }
        isExact = differences.count <= Self.mostExact
        if isExact {
            // In Gray-code order one sign changes at a time. The first is held: both choices are mirror images.
            var signs = [Double](repeating: 1, count: differences.count)
            var sum = differences.reduce(0, +)
            let total = 1 << (differences.count - 1)
            var extreme = 1
            for number in 1..<max(1, total) {
                let index = 1 + number.trailingZeroBitCount
                signs[index] = -signs[index]
                sum += 2 * signs[index] * differences[index]
                if abs(sum) >= found - slack { extreme += 1 }
            }
            p = Double(extreme) / Double(total)
        } else {
            var stream = RandomStream(key: "sign flip/" + key)
            var extreme = 1
            for _ in 0..<Self.samples {
                var sum = 0.0
                var bits: UInt64 = 0
                for (index, difference) in differences.enumerated() {
                    if index % 64 == 0 { bits = stream.nextBits() }
                    sum += bits & 1 == 0 ? difference : -difference
                    bits >>= 1
                }
                if abs(sum) >= found - slack { extreme += 1 }
            }
            // The arrangement found is one of those sampled, so p is never 0.
            p = Double(extreme) / Double(Self.samples + 1)
        }
    }
}
