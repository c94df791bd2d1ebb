import Testing

@testable import Comparison

/// Files that belong together are drawn together.
@Suite struct ClusterTests {
    /// The interval is scipy's of the ratio of sums, clusters drawn whole.
    @Test func theIntervalIsThatOfScipy() throws {
        let wanted = try Reference.load().clusters
        let values = wanted.values.flatMap(\.self)
        let voices = wanted.values.enumerated().flatMap { index, values in values.map { _ in "voice\(index)" }
        }
        let comparison = try RunComparison([
            Invented.run(
                1, group: "a", scores: ["pesq": (.max, values.map { _ in 0 })], speaker: { voices[$0] }),
            Invented.run(2, group: "b", scores: ["pesq": (.max, values)], speaker: { voices[$0] }),
        ])
        let row = try #require(comparison.files.first)
        #expect(row.clusters.kind == .speakers && row.clusters.count == wanted.values.count)
        let width = wanted.interval[1] - wanted.interval[0]
        let interval = try #require(row.interval)
        #expect(abs(interval.lowerBound - wanted.interval[0]) < 0.05 * width, "\(interval)")
        #expect(abs(interval.upperBound - wanted.interval[1]) < 0.05 * width, "\(interval)")
        // Each voice has its row over its own files, with no p to test.
        let rows = comparison.files.filter { $0.speaker != nil }
        #expect(rows.map(\.speaker) == Set(voices).sorted() && rows.map(\.files).reduce(0, +) == values.count)
        #expect(rows.allSatisfy { $0.adjusted == nil } && row.adjusted != nil)
    }

    /// Speakers where there are ten; of two speakers under twenty conditions the conditions; and so on.
    @Test(arguments: [
        (12, 1, FileClusters.Kind.speakers, 12), (2, 20, .conditions, 20), (2, 8, .speakersAndConditions, 16),
        (2, 2, .none, 48), (48, 2, .none, 48),
    ])
    func theChoiceDependsOnWhatThereIs(speakers: Int, conditions: Int, kind: FileClusters.Kind, count: Int) {
        let files = 0..<48
        // All pairs occur: the condition changes once all speakers were heard.
        let clusters = FileClusters(
            speakers: files.map { "s\($0 % speakers)" },
            conditions: files.map { "c\($0 / speakers % conditions)" })
        #expect(clusters.kind == kind && clusters.count == count, "\(clusters.kind) \(clusters.count)")
    }

    @Test func unknownSpeakersAreNoCluster() {
        let clusters = FileClusters(
            speakers: (0..<40).map { $0 == 7 ? "" : "s\($0 % 12)" }, conditions: (0..<40).map { _ in "N" })
        #expect(clusters.kind == .none && clusters.count == 40)
    }

    /// Twelve voices that differ from one another and hardly within themselves: forty files tell little more than twelve.
    @Test func dependenceWidensTheInterval() throws {
        let voice = { (file: Int) in "s\(file % 12)" }
        let values = (0..<120).map { (file: Int) -> Double? in
            let (own, rest) = (Double(file % 12 % 5), Double(file % 7))
            return own - 2 + rest / 100
        }
        func width(_ speaker: (Int) -> String) throws -> Double {
            let comparison = try RunComparison([
                Invented.run(1, group: "a", scores: ["x": (.max, values.map { _ in 0 })], speaker: speaker),
                Invented.run(2, group: "b", scores: ["x": (.max, values)], speaker: speaker),
            ])
            let interval = try #require(comparison.files[0].interval)
            return interval.upperBound - interval.lowerBound
        }
        #expect(try width(voice) > 2 * width { _ in "" })
    }
}
