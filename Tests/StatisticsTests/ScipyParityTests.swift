import Foundation
import Statistics
import Testing

/// Every figure against scipy; Tests/Fixtures/statistics/make.py made them.
@Suite struct ScipyParityTests {
    private struct Sample: Decodable {
        let name: String
        let values: [Double]
        let mean, sd, median, wilcoxonP, wilcoxonW, tP, tLow, tHigh, signFlipP: Double
        let bootstrapPercentile, bootstrapBca: [Double]
        let decile: Double
    }
    private struct Welch: Decodable { let p, df, low, high: Double }
    private struct Normal: Decodable { let p, z: Double }
    private struct Student: Decodable { let df, t, p, critical: Double }
    private struct Adjusted: Decodable { let p, adjusted: [Double] }
    private struct Reference: Decodable {
        let samples: [Sample]
        let welch: Welch
        let normal: [Normal]
        let student: [Student]
        let holm: Adjusted
    }

    private let reference: Reference

    init() throws {
        let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/statistics/statistics.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        reference = try decoder.decode(Reference.self, from: Data(contentsOf: url))
    }

    private func close(_ a: Double?, _ b: Double, _ relative: Double = 1e-9) -> Bool {
        guard let a else { return false }
        return abs(a - b) <= relative * max(abs(b), 1e-300)
    }

    @Test func distributions() {
        for row in reference.normal {
            #expect(abs(NormalDistribution.quantile(row.p) - row.z) <= 1e-10 * max(1, abs(row.z)), "\(row)")
            #expect(close(NormalDistribution.cumulative(row.z), row.p), "\(row)")
        }
        for row in reference.student {
            let distribution = StudentDistribution(degreesOfFreedom: row.df)
            #expect(close(distribution.twoSided(row.t), row.p, 1e-8), "\(row)")
            #expect(close(distribution.critical(twoSided: 0.05), row.critical, 1e-8), "\(row)")
        }
    }

    @Test func summariesAndStudent() {
        for row in reference.samples {
            let summary = SampleSummary(row.values)
            #expect(
                close(summary?.mean, row.mean) && close(summary?.standardDeviation, row.sd), "\(row.name)")
            #expect(close(row.values.median, row.median) && close(row.values.quantile(0.1), row.decile))
            let t = MeanDifference.paired(row.values)
            #expect(close(t?.p, row.tP), "\(row.name)")
            #expect(close(t.map { $0.mean - $0.halfWidth() }, row.tLow, 1e-8), "\(row.name)")
            #expect(close(summary.flatMap { s in s.halfWidth().map { s.mean + $0 } }, row.tHigh, 1e-8))
        }
    }

    @Test func quantilesInterpolateAndKnowTheirEnds() {
        #expect([4, 1, 3, 2].quantile(0) == 1 && [4, 1, 3, 2].quantile(1) == 4)
        #expect([4, 1, 3, 2].median == 2.5 && [7.0].quantile(0.3) == 7 && [Double]().median == nil)
    }

    @Test func welch() throws {
        func values(_ name: String) throws -> [Double] {
            try #require(reference.samples.first { $0.name == name }).values
        }
        let found = try #require(MeanDifference.welch(values("eleven"), values("forty")))
        #expect(close(found.p, reference.welch.p) && close(found.degreesOfFreedom, reference.welch.df))
        #expect(close(found.mean - found.halfWidth(), reference.welch.low, 1e-8))
        #expect(close(found.mean + found.halfWidth(), reference.welch.high, 1e-8))
    }

    @Test func wilcoxon() throws {
        for row in reference.samples {
            let test = try #require(WilcoxonSignedRank(row.values))
            #expect(close(test.p, row.wilcoxonP), "\(row.name): \(test.p) for \(row.wilcoxonP)")
            #expect(close(min(test.positiveRanks, test.negativeRanks), row.wilcoxonW), "\(row.name)")
        }
        #expect(WilcoxonSignedRank([0, 0]) == nil && WilcoxonSignedRank([]) == nil)
    }

    @Test func signFlips() throws {
        for row in reference.samples {
            let test = try #require(SignFlipTest(row.values, key: row.name))
            #expect(test.isExact == (row.values.count <= 20), "\(row.name)")
            // Sampled p values spread by at most 0.0018, the reference's by 0.0008.
            let slack = test.isExact ? 1e-9 : 0.008
            #expect(abs(test.p - row.signFlipP) <= slack, "\(row.name): \(test.p)")
        }
        #expect(SignFlipTest([1, 2, 3])?.p == 0.25 && SignFlipTest([1])?.p == 1)
        #expect(SignFlipTest.smallestP(pairs: 5) == 0.0625 && SignFlipTest.smallestP(pairs: 6) == 0.03125)
        #expect([1, 3, 6, 12].map { SignFlipTest.pairsNeeded(comparisons: $0) } == [6, 7, 8, 9])
    }

    @Test func holm() {
        for (found, wanted) in zip(Holm.adjusted(reference.holm.p), reference.holm.adjusted) {
            #expect(close(found, wanted))
        }
        #expect(Holm.adjusted([]).isEmpty)
    }

    /// The reference drew 200,000 samples; ends of 20,000 may differ by sampling alone.
    @Test func bootstrapIntervals() throws {
        for row in reference.samples {
            let bootstrap = Bootstrap(key: row.name, resamples: 20000)
            let plain = try #require(bootstrap.meanInterval(row.values))
            let corrected = try #require(bootstrap.correctedMeanInterval(row.values))
            let width = row.bootstrapPercentile[1] - row.bootstrapPercentile[0]
            for (found, wanted) in [
                (plain.lowerBound, row.bootstrapPercentile[0]),
                (plain.upperBound, row.bootstrapPercentile[1]),
                (corrected.lowerBound, row.bootstrapBca[0]), (corrected.upperBound, row.bootstrapBca[1]),
            ] { #expect(abs(found - wanted) < 0.03 * width, "\(row.name): \(found) for \(wanted)") }
            #expect(bootstrap.meanInterval(row.values) == plain)
        }
        #expect(Bootstrap(key: "").meanInterval([1, 2, 3, 4]) == nil)
        #expect(Bootstrap(key: "").correctedMeanInterval([1, 2, 3, 4]) == nil)
        #expect(Bootstrap(key: "").correctedMeanInterval([3, 3, 3, 3, 3]) == 3...3)
        #expect(Bootstrap(key: "").correctedMeanInterval([]) == nil)
        // Whose squares overflow, or vanish.
        #expect(
            Bootstrap(key: "").correctedMeanInterval([1e200, -1e200, 1e200, 0, 5])?.contains(2e199) == true)
        #expect(Bootstrap(key: "").correctedMeanInterval([0, 0, 0, 0, 1e-300])?.contains(2e-301) == true)
    }

    /// Seeds that differ widen the interval beyond that of their files.
    @Test func twoLevelsKnowTheSeeds() throws {
        let grid = [0.0, 1, 2, 3].map { level in (0..<50).map { level + 0.01 * Double($0 % 7) } }
        let two = try #require(Bootstrap(key: "two").twoLevelMeanInterval(grid))
        let one = try #require(Bootstrap(key: "two").meanInterval(grid.flatMap { $0 }))
        #expect(two.upperBound - two.lowerBound > 3 * (one.upperBound - one.lowerBound))
        #expect(two.contains(1.53))
        #expect(Bootstrap(key: "").twoLevelMeanInterval([[1, 2], []]) == nil)
        #expect(Bootstrap(key: "").twoLevelMeanInterval([[1, 2]]) == nil)
    }
}
