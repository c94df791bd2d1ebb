import Foundation
import Statistics
import Testing

/// Against scipy and numpy; Tests/Fixtures/statistics/make_comparison.py made the figures.
@Suite struct CrossedTests {
    private struct Crossed: Decodable {
        let grid: [[Double]]
        let seed, file, rest: Double
        let interval: [Double]
    }
    private struct Noncentral: Decodable { let df, shift, t, cdf: Double }
    private struct Reference: Decodable {
        let crossed: Crossed
        let noncentral: [Noncentral]
    }

    private let reference: Reference

    init() throws {
        let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/statistics/comparison.json")
        reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
    }

    @Test func varianceComponents() throws {
        let wanted = reference.crossed
        let found = try #require(CrossedVariance(wanted.grid))
        for (a, b) in [(found.seed, wanted.seed), (found.file, wanted.file), (found.rest, wanted.rest)] {
            #expect(abs(a - b) <= 1e-12)
        }
        #expect(found.seeds == 6 && found.files == 40)
        #expect(CrossedVariance([[1, 2]]) == nil && CrossedVariance([[1, 2], [1]]) == nil)
        let constant = try #require(CrossedVariance([[1, 1], [1, 1]]))
        #expect(constant.ofMean == 0 && constant.shares == nil)
    }

    @Test func twoLevelInterval() throws {
        let wanted = reference.crossed.interval
        let found = try #require(
            Bootstrap(key: "crossed", resamples: 20_000).twoLevelMeanInterval(reference.crossed.grid))
        let width = wanted[1] - wanted[0]
        #expect(abs(found.lowerBound - wanted[0]) < 0.03 * width, "\(found)")
        #expect(abs(found.upperBound - wanted[1]) < 0.03 * width, "\(found)")
    }

    @Test func noncentralStudent() {
        for row in reference.noncentral {
            let found = NoncentralStudent(degreesOfFreedom: row.df).cumulative(row.t, shift: row.shift)
            #expect(abs(found - row.cdf) < 1e-8, "\(row): \(found)")
        }
        // Without a shift it is Student's own.
        let plain = NoncentralStudent(degreesOfFreedom: 7).cumulative(1.3, shift: 0)
        #expect(abs(plain - StudentDistribution(degreesOfFreedom: 7).cumulative(1.3)) < 1e-9)
    }
}
