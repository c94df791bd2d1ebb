import Foundation
import Metrics
import Testing

/// `lsd_log10_above_N` has no reference program; it is held against its definition.
@Suite struct HighLogMagnitudeDistanceTests {
    private static let rate = 16000

    /// Noise of all frequencies, the same for the same seed.
    private func noise(_ seed: UInt64, count: Int = rate) -> [Float] {
        var state = seed &* 0x9e37_79b9_7f4a_7c15
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Int32(truncatingIfNeeded: state >> 32)) / 0x1p33
        }
    }

    private func value(_ metric: any ObjectiveMetric, _ reference: [Float], _ estimate: [Float]) throws
        -> Double
    {
        try #require(metric.score(reference: reference, estimate: estimate, sampleRate: Self.rate).value)
    }

    @Test func fromTheFirstBinUpItIsNearlyTheWholeBand() throws {
        let (a, b) = (noise(1), noise(2))
        let whole = try value(LogMagnitudeDistance(), a, b)
        let almost = try value(HighLogMagnitudeDistance(cutoff: 1), a, b)
        #expect(abs(whole - almost) < 0.01 && whole != almost)
    }

    /// Half the level is log10(4) in every bin, whatever the cut-off.
    @Test(arguments: [500, 4000, 7000]) func levelsCountInFull(cutoff: Int) throws {
        let a = noise(3)
        let distance = try value(HighLogMagnitudeDistance(cutoff: cutoff), a, a.map { $0 / 2 })
        #expect(abs(distance - log10(4)) < 1e-6)
        #expect(try value(HighLogMagnitudeDistance(cutoff: cutoff), a, a) < 1e-6)
    }

    /// A tone below the cut-off is no difference above it, as far as the window lets nothing through.
    @Test func whatLiesBelowDoesNotCount() throws {
        let a = noise(4)
        let tone = (0..<Self.rate).map { Float(0.2 * sin(2 * .pi * 1000 * Double($0) / Double(Self.rate))) }
        let b = zip(a, tone).map { $0 + $1 }
        #expect(try value(HighLogMagnitudeDistance(cutoff: 4000), a, b) < 0.02)
        #expect(try value(HighLogMagnitudeDistance(cutoff: 900), a, b) > 0.1)
    }

    @Test func namesCarryTheCutOff() {
        #expect(ObjectiveMetrics.named("lsd_log10_above_4000")?.name == "lsd_log10_above_4000")
        #expect((ObjectiveMetrics.named("lsd_log10_above_8000") as? HighLogMagnitudeDistance)?.cutoff == 8000)
        for name in ["lsd_log10_above_", "lsd_log10_above_x", "lsd_log10_above_-4", "lsd_log10_above_04"] {
            #expect(ObjectiveMetrics.named(name) == nil)
        }
    }

    @Test func withoutABandThereIsNoValue() {
        let a = noise(5, count: 8000)
        let narrow = HighLogMagnitudeDistance().score(reference: a, estimate: a, sampleRate: 8000)
        #expect(narrow == .undefined(reason: "8000 Hz: lsd_log10_above_4000 is defined at 8889 Hz and above"))
        let silent = HighLogMagnitudeDistance().score(
            reference: [Float](repeating: 0, count: 8000), estimate: a, sampleRate: 16000)
        #expect(silent == .undefined(reason: "the reference is silent"))
    }
}
