import Audio
import Foundation
import Metrics
import Testing

@Suite struct ObjectiveMetricTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures")

    private struct Reference: Decodable {
        struct Number: Decodable {
            let value: Double
            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                value =
                    (try? container.decode(String.self)) == "inf"
                    ? .infinity : try container.decode(Double.self)
            }
        }
        struct Definition: Decodable {
            struct Tolerance: Decodable { let abs: Double }
            let tolerance: Tolerance
        }
        struct Pair: Decodable {
            let id: String
            let clean: String
            let degraded: String
            let rate: Int
            let values: [String: Number]
        }
        let definitions: [String: Definition]
        let pairs: [Pair]
    }

    private func samples(_ path: String) throws -> [Float] {
        try AudioFile.read(Self.fixtures.appending(path: path)).channels[0]
    }

    @Test func pairsEqualReference() throws {
        let data = try Data(contentsOf: Self.fixtures.appending(path: "signal/metrics.json"))
        let reference = try JSONDecoder().decode(Reference.self, from: data)
        #expect(reference.pairs.count == 14)
        for pair in reference.pairs {
            let clean = try samples("signal/" + pair.clean)
            let degraded = try samples("signal/" + pair.degraded)
            for metric in ObjectiveMetrics.all {
                let expected = try #require(pair.values[metric.name]).value
                let tolerance = try #require(reference.definitions[metric.name]).tolerance.abs
                let result = metric.score(reference: clean, estimate: degraded, sampleRate: pair.rate)
                let value = try #require(result.value, "\(pair.id) \(metric.name): \(result)")
                #expect(value == expected || abs(value - expected) <= tolerance, "\(pair.id) \(metric.name)")
            }
        }
    }

    @Test func realPairsEqualReference() throws {
        let table = try String(contentsOf: Self.fixtures.appending(path: "real/metrics.csv"), encoding: .utf8)
        let rows = table.split(whereSeparator: \.isNewline).map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        #expect(rows.count == 11)
        for row in rows.dropFirst() {
            let clean = try samples("real/clean/\(row[0]).wav")
            let noisy = try samples("real/noisy/\(row[0]).wav")
            for metric in ObjectiveMetrics.all {
                let column = try #require(rows[0].firstIndex(of: metric.name))
                let expected = try #require(Double(row[column]))
                let result = metric.score(reference: clean, estimate: noisy, sampleRate: 16000)
                let value = try #require(result.value)
                // The table has four decimals.
                #expect(abs(value - expected) < 0.0002, "\(row[0]) \(metric.name)")
            }
        }
    }

    @Test func unusualPairs() throws {
        let clean = try samples("signal/audio/speech_a.wav")
        let silence = [Float](repeating: 0, count: clean.count)
        func score(_ name: String, _ reference: [Float], _ estimate: [Float]) throws -> MetricResult {
            try #require(ObjectiveMetrics.named(name)).score(
                reference: reference, estimate: estimate, sampleRate: 16000)
        }
        #expect(try score("snr", silence, clean) == .undefined(reason: "the reference is silent"))
        #expect(try score("si_sdr", silence, clean) == .undefined(reason: "the reference is silent"))
        #expect(try score("si_sdr", clean, silence) == .undefined(reason: "the estimate is silent"))
        #expect(try score("snr", clean, silence) == .value(0))
        func isNear(_ result: MetricResult, _ expected: Double, within tolerance: Double) -> Bool {
            abs((result.value ?? .nan) - expected) <= tolerance
        }
        #expect(isNear(try score("snr", clean, clean.map { $0 / 2 }), 6.020599913279624, within: 1e-9))
        #expect(try score("si_sdr", clean, clean.map { -$0 }) == .value(.infinity))
        #expect(isNear(try score("lsd_db", clean, silence), 69.43882686416617, within: 0.02))
        #expect(isNear(try score("lsd_db", silence, clean), 69.43882686416617, within: 0.02))
        #expect(try score("lsd_db", silence, silence) == .value(0))

        var broken = clean
        broken[20000] = .nan
        for metric in ObjectiveMetrics.all {
            func reason(_ reference: [Float], _ estimate: [Float]) -> String {
                let result = metric.score(reference: reference, estimate: estimate, sampleRate: 16000)
                guard case .undefined(let reason) = result else { return "value" }
                return reason
            }
            #expect(reason(clean, Array(clean.dropLast(1000))).hasPrefix("lengths differ"))
            #expect(reason(clean, broken) == "estimate sample 20000 is not finite")
            #expect(reason(broken, clean) == "reference sample 20000 is not finite")
            #expect(reason([], []).contains("at least"))
        }
        #expect(
            try score("lsd_db", Array(clean[0..<256]), Array(clean[0..<256]))
                == .undefined(reason: "256 samples: at least 257 are needed"))
    }

    @Test func namesAreUniqueAndComplete() {
        #expect(Set(ObjectiveMetrics.all.map(\.name)) == ["snr", "si_sdr", "lsd_db"])
        #expect(ObjectiveMetrics.named("lsd_db")?.direction == .lowerIsBetter)
        #expect(ObjectiveMetrics.named("nonsense") == nil)
    }
}
