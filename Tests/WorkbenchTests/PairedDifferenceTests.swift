import Testing
import Tracking

@testable import Workbench

@Suite struct PairedDifferenceTests {
    @Test func meansAndTheShareOfBetterFiles() throws {
        let pairs: [(first: Double, second: Double)] = [(1, 2), (2, 2), (3, 1), (4, 6)]
        let growing = try #require(PairedDifference(pairs, goal: .max, key: "test"))
        #expect(growing.files == 4 && growing.first == 2.5 && growing.second == 2.75)
        #expect(growing.mean == 0.25 && growing.shareBetter == 0.625)
        #expect(growing.interval == nil, "four files are too few for an interval")
        #expect(PairedDifference(pairs, goal: .min, key: "test")?.shareBetter == 0.375)
        #expect(PairedDifference(pairs, goal: .none, key: "test")?.shareBetter == nil)
        #expect(PairedDifference([], goal: .max, key: "test") == nil)
    }

    /// With differences of 0 and 1 a resampled mean is binomial, whose quantiles are known:
    /// scipy.stats.binom.ppf([0.025, 0.975], 100, 0.3) is [21, 39].
    @Test func theIntervalAgreesWithTheBinomialDistribution() throws {
        let pairs = (0..<100).map { (first: 0.0, second: $0 < 30 ? 1.0 : 0.0) }
        let difference = try #require(PairedDifference(pairs, goal: .max, key: "binomial"))
        let interval = try #require(difference.interval)
        #expect(abs(interval.lowerBound - 0.21) <= 0.0101)
        #expect(abs(interval.upperBound - 0.39) <= 0.0101)
    }

    @Test func theSameComparisonGivesTheSameInterval() {
        let pairs = (0..<20).map { (first: 0.0, second: Double($0 * $0 % 7)) }
        let first = PairedDifference(pairs, goal: .max, key: "same")
        #expect(first == PairedDifference(pairs, goal: .max, key: "same"))
        #expect(first?.interval != nil)
    }
}
