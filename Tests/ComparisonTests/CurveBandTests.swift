import Testing

@testable import Comparison

@Suite struct CurveBandTests {
    private func curve(_ points: [(Double, Double)]) -> SampledCurve {
        SampledCurve(points.map { .init(step: $0.0, mean: $0.1, low: $0.1, high: $0.1) })
    }

    /// Runs that log at other steps are read on straight lines; a run that ended leaves the band.
    @Test func meansOverSeedsAtEveryStep() throws {
        let band = BandedCurve([curve([(0, 0), (10, 10)]), curve([(0, 2), (4, 6), (6, 8)])])
        #expect(band.places.map(\.step) == [0, 4, 6, 10])
        #expect(band.places.map(\.mean) == [1, 5, 7, 10])
        #expect(band.places.map(\.count) == [2, 2, 2, 1])
        // Two values that lie 2 apart: t(0.975, 1) = 12.706 standard errors of 1.
        #expect(
            isClose(band.places[0].halfWidth, 12.706204736174694, 1e-8) && band.places[3].halfWidth == nil)
        #expect(band.counts.map(\.step) == [0, 10] && band.counts.map(\.count) == [2, 1])
    }

    @Test func gapsAreNotBridged() {
        let broken = curve([(0, 1), (5, .nan), (10, 3)])
        #expect(broken.value(at: 0) == 1 && broken.value(at: 2) == nil && broken.value(at: 10) == 3)
        #expect(broken.value(at: -1) == nil && broken.value(at: 11) == nil)
        #expect(BandedCurve([broken]).places.map(\.step) == [0, 10])
    }

    @Test func longCurvesAreThinnedToTheirEnds() {
        let long = curve((0..<5_000).map { (Double($0), 1) })
        let band = BandedCurve([long, long], most: 100)
        #expect(band.places.count == 100 && band.places.first?.step == 0 && band.places.last?.step == 4_999)
        #expect(BandedCurve([]).places.isEmpty)
    }
}
