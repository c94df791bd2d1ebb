/// The tables of test scores that sides share, and what people call them.
struct TestTables {
    /// Of the main checkpoint.
    let keys: [ScoreKey]
    private let severalSets: Bool

    init(_ pairing: FilePairing, main: String?) {
        keys = pairing.sharedKeys.filter { $0.checkpoint == main }
        severalSets = Set(keys.map(\.dataset)).count > 1
    }

    /// `test/pesq`; `test/SET/pesq` where there are several test sets.
    func name(_ key: ScoreKey) -> String {
        severalSets ? "test/\(key.dataset)/\(key.metric)" : "test/\(key.metric)"
    }

    var names: [String] { keys.map(name) }
}

/// The mean of a test score by run, over the files that all runs with scores share.
struct TestFigure: Sendable {
    /// `test/pesq`, or `test/pesq[N]` for a class.
    let name: String
    /// Nil for runs without scores.
    let values: [Double?]

    static func all(
        _ keys: [ScoreKey], _ tables: TestTables, _ pairing: FilePairing, _ sides: [Side]
    ) -> [TestFigure] {
        let all = sides.flatMap(\.runs).sorted()
        return keys.flatMap { key -> [TestFigure] in
            let runs = all.filter { pairing.hasScores($0, key) }
            return ([nil] + pairing.conditions(key)).compactMap { condition in
                guard let grid = pairing.grid(runs, key, condition: condition) else { return nil }
                var values = [Double?](repeating: nil, count: all.count)
                for (run, row) in zip(runs, grid) { values[run] = row.reduce(0, +) / Double(row.count) }
                return TestFigure(
                    name: tables.name(key) + (condition.map { "[\($0)]" } ?? ""), values: values)
            }
        }
    }
}

/// The mean of a metric over all files of a run's own test set.
public struct UnpairedMean: Sendable {
    public let side: Int
    public let dataset: String
    public let checkpoint: String
    public let metric: String
    /// Over the files, then over the side's runs.
    public let mean: Double
    /// How many files of the run with the fewest.
    public let files: Int

    static func all(
        _ runs: [ComparedRun], _ sides: [Side], checkpoint: String?, _ selection: MetricSelection
    ) -> [UnpairedMean] {
        guard let checkpoint else { return [] }
        return sides.indices.flatMap { side -> [UnpairedMean] in
            let scores = sides[side].runs.map {
                FileScores(runs[$0].scores, byContent: false, checkpoints: [checkpoint])
            }
            return Set(scores.flatMap(\.tables.keys)).sorted().compactMap { key in
                guard selection.includes(tested: "test/\(key.metric)") else { return nil }
                let tables = scores.compactMap { $0.tables[key]?.values }.filter { !$0.isEmpty }
                guard !tables.isEmpty else { return nil }
                // Sums in the order of files: a dictionary's order changes from one start to the next.
                let means = tables.map { table in
                    table.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value } / Double(table.count)
                }
                return UnpairedMean(
                    side: side, dataset: key.dataset, checkpoint: checkpoint, metric: key.metric,
                    mean: means.reduce(0, +) / Double(means.count), files: tables.map(\.count).min() ?? 0)
            }
        }
    }
}
