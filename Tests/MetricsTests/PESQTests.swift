import Audio
import Foundation
import Testing

@testable import Metrics

/// What the reference pairs do not show of PESQ: delays that are not those of the whole, and its parts.
@Suite struct PESQTests {
    private func speech(_ name: String) throws -> [Float] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try AudioFile.read(folder.appending(path: "Fixtures/signal/audio/\(name).wav")).channels[0]
    }

    /// Late from its middle on.
    private func jumping(_ samples: [Float], by delay: Int) -> [Float] {
        let middle = samples.count / 2
        return Array(
            (samples[0..<middle] + [Float](repeating: 0, count: delay) + samples[middle...])
                .prefix(samples.count))
    }

    @Test func delaysMayJumpWithinAnUtterance() throws {
        let clean = try speech("speech_b")
        for delay in [32, 192] {
            let pair = MetricPair(
                reference: clean, estimate: jumping(clean, by: delay), sampleRate: 16000)
            let input = try #require(PESQInput(pair, band: .narrow))
            let alignment = try #require(PESQAlignment(input))
            let ends = [alignment.parts.first?.delay, alignment.parts.last?.delay]
            #expect(ends == [0, delay])
            let value = try #require(NarrowBandSpeechQuality().score(pair).value)
            #expect(value > 4, "\(delay): \(value) \(alignment.parts)")
        }
    }

    @Test func wholeDelaysCostNothing() throws {
        let clean = try speech("speech_n")
        for delay in [1, 100, 1200] {
            let late = [Float](repeating: 0, count: delay) + clean.dropLast(delay)
            let value = NarrowBandSpeechQuality().score(
                reference: clean, estimate: Array(late), sampleRate: 8000
            ).value
            #expect(try #require(value) > 4.5, "\(delay)")
        }
    }

    @Test func badIntervalsHaveSmallGapsClosedAndAreLongEnough() {
        func intervals(_ text: String) -> [Range<Int>] {
            PESQBadIntervals.intervals(text.map { $0 == "x" })
        }
        #expect(intervals("..xxxxx...") == [2..<7])
        #expect(intervals("..xxxx....") == [])
        #expect(intervals("xx.x.xx") == [0..<7])
        #expect(intervals("xxx...xxx") == [])
        #expect(intervals("") == [])
    }

    @Test func constantLevelsAndNoSpeechAreUndefined() throws {
        let constant = [Float](repeating: 0.25, count: 16000)
        for metric in [WideBandSpeechQuality() as any ObjectiveMetric, NarrowBandSpeechQuality()] {
            let result = metric.score(reference: constant, estimate: constant, sampleRate: 16000)
            #expect(result.value == nil, "\(metric.name) \(result)")
        }
    }
}
