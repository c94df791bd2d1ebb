import Testing

@testable import Comparison

@Suite struct FileComparisonTests {
    /// Means, interval, Wilcoxon, Holm, share of better files and the worst file, as scipy and numpy have them.
    @Test func filesArePairedAsScipySays() throws {
        let reference = try Reference.load().files
        func scores(_ values: (Reference.Files) -> [Double]) -> [String: (goal: Direction, values: [Double?])]
        {
            Dictionary(
                uniqueKeysWithValues: reference.map {
                    ($0.metric, (Direction(rawValue: $0.goal) ?? .none, values($0)))
                })
        }
        let comparison = try RunComparison([
            Invented.run(1, group: "a", scores: scores(\.first)),
            Invented.run(2, group: "b", scores: scores(\.second)),
        ])
        #expect(comparison.files.count == 3 && comparison.seeds.isEmpty && comparison.pairing == .files)
        for wanted in reference {
            let found = try #require(comparison.files.first { $0.metric == wanted.metric })
            #expect(isClose(found.difference, wanted.difference) && found.files == 60)
            #expect(isClose(found.p, wanted.p) && isClose(found.adjusted, wanted.pHolm), "\(found)")
            #expect(found.filesBetter == wanted.better)
            #expect(found.worst.first?.file == "file\(wanted.worst)" && found.worst.count == 5)
            let width = wanted.interval[1] - wanted.interval[0]
            let interval = try #require(found.interval)
            #expect(abs(interval.lowerBound - wanted.interval[0]) < 0.05 * width, "\(interval)")
            #expect(abs(interval.upperBound - wanted.interval[1]) < 0.05 * width, "\(interval)")
        }
    }

    /// Only the rows over all files are tested; classes and other checkpoints are shown with their intervals.
    @Test func classesAreShownAndNotTested() throws {
        let first: [Double?] = (0..<12).map { Double($0) }
        let second: [Double?] = (0..<12).map { Double($0) + ($0 < 6 ? 1 : -2) }
        let condition = { (file: Int) in file < 6 ? "N" : "R" }
        let comparison = try RunComparison([
            Invented.run(1, group: "a", scores: ["pesq": (.max, first)], condition: condition),
            Invented.run(2, group: "b", scores: ["pesq": (.max, second)], condition: condition),
        ])
        #expect(comparison.files.map(\.condition) == [nil, "N", "R"])
        #expect(comparison.files.map(\.difference) == [-0.5, 1, -2])
        #expect(comparison.files.map { $0.adjusted != nil } == [true, false, false])
        #expect(comparison.files[0].worst.map(\.condition) == Array(repeating: "R", count: 5))
        #expect(comparison.files[1].worst.isEmpty)
    }

    @Test func undefinedFilesAreLeftOutAloud() throws {
        let comparison = try RunComparison([
            Invented.run(1, group: "a", scores: ["pesq": (.max, [1, 2, nil, 4])]),
            Invented.run(2, group: "b", scores: ["pesq": (.max, [2, nil, 3, 4])]),
        ])
        #expect(comparison.files[0].files == 2 && comparison.files[0].unmatched == 2)
        #expect(comparison.files[0].filesBetter == 1.5)
        #expect(comparison.notes.contains { $0.contains("left out: pesq 2") }, "\(comparison.notes)")
    }

    /// A file that was changed between two evaluations is another file, whatever its name.
    @Test func oneNameWithTwoContentsIsLeftOut() throws {
        var first = Invented.run(1, group: "a", scores: ["pesq": (.max, [1, 2, 3])])
        var second = Invented.run(2, group: "b", scores: ["pesq": (.max, [5, 5, 5])])
        for index in 0..<3 { first.scores[index].sha256 = "old\(index)" }
        for index in 0..<2 { second.scores[index].sha256 = index == 0 ? "new" : "old1" }
        let comparison = try RunComparison([first, second])
        // The third has no digest on one side: its name has to do.
        #expect(comparison.files.map(\.files) == [2] && comparison.files[0].difference == 2.5)
        #expect(comparison.notes.contains { $0.hasPrefix("1 test files") && $0.hasSuffix("file0") })
    }

    @Test func differentDefinitionsAreNotCompared() throws {
        var newer = Invented.run(2, group: "b", scores: ["pesq": (.max, [1]), "stoi": (.max, [1])])
        for index in newer.scores.indices where newer.scores[index].metric == "pesq" {
            newer.scores[index].version = 2
        }
        let older = Invented.run(1, group: "a", scores: ["pesq": (.max, [1]), "stoi": (.max, [1])])
        let comparison = try RunComparison([older, newer])
        #expect(comparison.files.map(\.metric) == ["stoi"])
        #expect(comparison.notes.contains { $0.contains("different versions") && $0.hasSuffix("pesq") })
    }

    @Test func differentTestSetsAreRefused() throws {
        var first = Invented.run(1, group: "a", testHash: "1111", scores: ["pesq": (.max, [1, 2, 3])])
        var second = Invented.run(2, group: "b", testHash: "2222", scores: ["pesq": (.max, [5, 5, 5])])
        for index in 0..<3 { first.scores[index].sha256 = "digest\(index)" }
        for index in 0..<3 { second.scores[index].sha256 = "digest\(index + 2)" }
        #expect(throws: ComparisonError.testSetsDiffer(["run1 1111", "run2 2222"])) {
            try RunComparison([first, second])
        }
        var options = ComparisonOptions()
        options.force = true
        let forced = try RunComparison([first, second], options)
        #expect(forced.files.map(\.files) == [1] && forced.files[0].difference == 2)
        #expect(forced.unpaired.map(\.mean) == [2, 5] && forced.haveSameTestSet == false)
        #expect(forced.notes.contains { $0.hasPrefix("the test sets differ") })
    }

    @Test func unfinishedRunsAreTold() throws {
        let comparison = try RunComparison([
            Invented.run(1, group: "a", status: "running"), Invented.run(2, group: "b", status: "crashed"),
        ])
        #expect(comparison.notes[0] == "run1 is running at step 100: its figures are not final")
        #expect(comparison.notes[1].hasPrefix("run2 did not finish (crashed at step 100)"))
    }

    @Test func loggedMetricsNameTheBetterRun() throws {
        let comparison = try RunComparison([
            Invented.run(
                1, group: "a",
                metrics: [Invented.metric("val/loss", 2), Invented.metric("lr", 1, goal: .none)]),
            Invented.run(
                2, group: "b",
                metrics: [Invented.metric("val/loss", 1), Invented.metric("lr", 3, goal: .none)]),
            Invented.run(3, group: "c", metrics: [Invented.metric("val/loss", .nan)]),
        ])
        let rows = Dictionary(uniqueKeysWithValues: comparison.metrics.map { ($0.name, $0) })
        #expect(
            rows["val/loss"]?.better(of: comparison.sides) == 1
                && rows["lr"]?.better(of: comparison.sides) == nil)
        #expect(rows["val/loss"]?.difference(side: 1, of: comparison.sides) == -1)
        #expect(rows["lr"]?.difference(side: 2, of: comparison.sides) == nil)
    }

    @Test func metricsAreChosenByName() throws {
        let scores: [String: (goal: Direction, values: [Double?])] = [
            "pesq": (.max, [1]), "stoi": (.max, [1]),
        ]
        let runs = [
            Invented.run(1, group: "a", scores: scores, metrics: [Invented.metric("val/loss", 2)]),
            Invented.run(2, group: "b", scores: scores, metrics: [Invented.metric("val/loss", 1)]),
        ]
        var options = ComparisonOptions()
        options.metrics = ["pesq"]
        let comparison = try RunComparison(runs, options)
        #expect(comparison.files.map(\.metric) == ["pesq"] && comparison.metrics.isEmpty)
        options.metrics = ["test/stoi", "val/loss"]
        #expect(try RunComparison(runs, options).files.map(\.metric) == ["stoi"])
        options.metrics = ["val/los"]
        #expect(
            throws: ComparisonError.unknownMetric(
                "val/los", known: ["test/pesq", "test/stoi", "val/loss"], nearest: "val/loss")
        ) { try RunComparison(runs, options) }
    }
}
