import Statistics
import Tensor

/// Finds the files that sides share and compares them.
struct FilePairing {
    private let sides: [Side]
    private let scores: [FileScores]
    private let byContent: Bool
    /// Metrics that were left out because sides use different definitions of them.
    private(set) var versionsDiffer: [String] = []

    /// - Parameter scores: by run.
    init(_ sides: [Side], _ scores: [FileScores], byContent: Bool) {
        self.sides = sides
        self.scores = scores
        self.byContent = byContent
        for (key, table) in scores.flatMap(\.tables) where !versionsDiffer.contains(key.metric) {
            if scores.contains(where: { $0.tables[key].map { $0.version != table.version } ?? false }) {
                versionsDiffer.append(key.metric)
            }
        }
        versionsDiffer.sort()
    }

    /// Whether a name stands for one content in all these runs, as far as contents are known.
    private func isSame(_ file: FileKey, in runs: [Int]) -> Bool {
        var known: String?
        for run in runs {
            guard let digest = scores[run].digests[file] else { continue }
            if let known, known != digest { return false }
            known = digest
        }
        return true
    }

    /// The names of files whose content is not the same in all runs.
    var differentContents: [String] {
        let runs = sides.flatMap(\.runs)
        let files = runs.reduce(into: Set<FileKey>()) { $0.formUnion(scores[$1].digests.keys) }
        return files.filter { !isSame($0, in: runs) }.sorted().map(\.file)
    }

    /// The tables that the first side and another share, in order.
    var sharedKeys: [ScoreKey] {
        guard let first = sides.first else { return [] }
        func keys(_ side: Side) -> Set<ScoreKey> {
            side.runs.dropFirst().reduce(Set(scores[side.runs[0]].tables.keys)) {
                $0.intersection(scores[$1].tables.keys)
            }
        }
        let others = sides.dropFirst().reduce(into: Set<ScoreKey>()) { $0.formUnion(keys($1)) }
        return keys(first).intersection(others).filter { !versionsDiffer.contains($0.metric) }.sorted()
    }

    /// The scores of a side: its runs' means over the files that all of them scored.
    private func values(_ side: Side, _ key: ScoreKey) -> [FileKey: Double]? {
        var sums: [FileKey: Double] = [:]
        for (place, run) in side.runs.enumerated() {
            guard let values = scores[run].tables[key]?.values else { return nil }
            if place == 0 {
                sums = values
            } else {
                var both: [FileKey: Double] = [:]
                for (file, sum) in sums { if let value = values[file] { both[file] = sum + value } }
                sums = both
            }
        }
        return side.runs.count > 1 ? sums.mapValues { $0 / Double(side.runs.count) } : sums
    }

    /// Compares every side with the first, by table; by class and by speaker as well where asked for.
    func compare(_ keys: [ScoreKey], byCondition: (ScoreKey) -> Bool) -> [FileComparison] {
        var inputs: [FileComparison.Input] = []
        for key in keys {
            guard let first = values(sides[0], key) else { continue }
            for other in sides.indices.dropFirst() {
                guard let second = values(sides[other], key) else { continue }
                inputs += rows(key, first, second, other: other, byCondition: byCondition(key))
            }
        }
        return Self.computed(inputs)
    }

    private func rows(
        _ key: ScoreKey, _ first: [FileKey: Double], _ second: [FileKey: Double], other: Int,
        byCondition: Bool
    ) -> [FileComparison.Input] {
        let reference = scores[sides[0].runs[0]]
        guard let table = reference.tables[key] else { return [] }
        let runs = sides[0].runs + sides[other].runs
        let shared = first.keys.filter { second[$0] != nil && isSame($0, in: runs) }.sorted()
        let unmatched =
            first.keys.count { second[$0] == nil } + second.keys.count { first[$0] == nil }
        func input(
            _ condition: String?, speaker: String? = nil, _ keys: [FileKey]
        ) -> FileComparison.Input? {
            guard let start = keys.first else { return nil }
            let clusters = FileClusters(
                speakers: keys.map { reference.names[$0]?.speaker ?? "" },
                conditions: keys.map { reference.names[$0]?.condition ?? "" })
            return FileComparison.Input(
                dataset: reference.names[start]?.dataset ?? key.dataset, key: key, unit: table.unit,
                goal: table.goal, condition: condition, speaker: speaker, other: other,
                unmatched: condition == nil && speaker == nil ? unmatched : 0,
                files: keys.map { file in
                    let name = reference.names[file]
                    return (
                        name?.file ?? file.file, name?.condition ?? file.condition, name?.speaker ?? "",
                        first[file] ?? .nan, second[file] ?? .nan
                    )
                }, clusters: clusters)
        }
        let classes = Dictionary(grouping: shared) { reference.names[$0]?.condition ?? "" }
        let byClass = byCondition ? conditions(key).compactMap { input($0, classes[$0] ?? []) } : []
        let voices = Dictionary(grouping: shared) { reference.names[$0]?.speaker ?? "" }
        let named = voices.keys.filter { !$0.isEmpty }.sorted()
        let bySpeaker =
            byCondition && (2...Self.mostSpeakers).contains(named.count) && named.count < shared.count
            ? named.compactMap { input(nil, speaker: $0, voices[$0] ?? []) } : []
        return [input(nil, shared)].compactMap { $0 } + byClass + bySpeaker
    }

    /// Of more speakers than these nobody reads a row each.
    private static let mostSpeakers = 40

    /// Rows of equally many clusters share their bootstrap samples: drawing is what takes time.
    private static func computed(_ inputs: [FileComparison.Input]) -> [FileComparison] {
        let counts = Set(inputs.map(\.clusters.count)).filter { $0 >= Bootstrap.fewest }.sorted()
        let drawn = concurrentMap(counts) { DrawnSamples(count: $0, key: "compare/files") }
        let samples = Dictionary(drawn.map { ($0.count, $0) }, uniquingKeysWith: { $1 })
        return concurrentMap(inputs) { FileComparison($0, samples[$0.clusters.count]) }
    }

    private static func concurrentMap<Element: Sendable, Result: Sendable>(
        _ elements: [Element], _ transform: @Sendable (Element) -> Result
    ) -> [Result] {
        var slots = [Result?](repeating: nil, count: elements.count)
        slots.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let places = buffer
            ThreadPool.shared.run(elements.count) { places[$0] = transform(elements[$0]) }
        }
        return slots.compactMap { $0 }
    }

    /// The scores of many runs on the files that all of them scored, [run][file]; nil where they share none.
    ///
    /// - Parameter condition: a class; nil for all files.
    func grid(_ runs: [Int], _ key: ScoreKey, condition: String? = nil) -> [[Double]]? {
        let tables = runs.compactMap { scores[$0].tables[key]?.values }
        guard let first = tables.first, tables.count == runs.count else { return nil }
        let names = scores[runs[0]].names
        let shared = first.keys.filter { file in
            (condition == nil || names[file]?.condition == condition)
                && tables.allSatisfy { $0[file] != nil } && isSame(file, in: runs)
        }.sorted()
        guard !shared.isEmpty else { return nil }
        return tables.map { table in shared.map { table[$0] ?? .nan } }
    }

    /// The classes of the files of the first side, where there are several.
    func conditions(_ key: ScoreKey) -> [String] {
        let reference = scores[sides[0].runs[0]]
        let files = reference.tables[key].map { Array($0.values.keys) } ?? []
        let classes = Set(files.compactMap { reference.names[$0]?.condition }).subtracting([""])
        return classes.count > 1 ? classes.sorted() : []
    }

    func hasScores(_ run: Int, _ key: ScoreKey) -> Bool { !(scores[run].tables[key]?.values.isEmpty ?? true) }

    func table(_ key: ScoreKey) -> FileScores.Table? {
        sides.lazy.flatMap(\.runs).compactMap { scores[$0].tables[key] }.first
    }
}
