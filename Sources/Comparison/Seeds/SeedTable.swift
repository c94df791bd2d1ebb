/// Builds the comparisons over seeds.
struct SeedTable {
    private(set) var rows: [SeedComparison] = []
    private(set) var repeats: [LoggedMetric.Repeat] = []
    private(set) var notes: [String] = []

    /// One figure by run.
    private struct Figure {
        var name: String
        var unit: String
        var goal: Direction
        var values: [Double?]
        var key: ScoreKey?
    }

    /// - Parameters:
    ///   - keys: test scores to compare.
    ///   - crossing: whether to look at seeds and files together.
    init(
        runs: [ComparedRun], sides: [Side], pairing: FilePairing, tables: TestTables, keys: [ScoreKey],
        selection: MetricSelection, figure: LoggedMetric.Figure, crossing: Bool
    ) {
        let isGrouped = sides.contains(where: \.isGroup)
        let isRepeat = !isGrouped && Set(runs.map(\.group)).count == 1 && Set(runs.map(\.seed)).count > 1
        guard isGrouped || isRepeat else { return }
        let figures = Self.figures(runs, pairing, tables, keys, selection, figure)
        if isRepeat {
            repeats = figures.compactMap { row in
                Self.seedValues(Side(label: "", title: "", runs: Array(runs.indices)), runs, row.values).map {
                    LoggedMetric.Repeat(metric: row.name, unit: row.unit, goal: row.goal, seeds: $0)
                }
            }
            return
        }
        notes = sides.compactMap { Self.counted($0, runs).note }
        for row in figures {
            guard let first = Self.seedValues(sides[0], runs, row.values) else { continue }
            for other in sides.indices.dropFirst() {
                guard let second = Self.seedValues(sides[other], runs, row.values) else { continue }
                var comparison = SeedComparison(
                    metric: row.name, unit: row.unit, goal: row.goal, other: other, first, second)
                if crossing, let key = row.key, comparison.test == .paired {
                    comparison.crossed = Self.crossed(
                        comparison, key, runs, sides[0], sides[other], pairing)
                }
                rows.append(comparison)
            }
        }
        SeedComparison.adjust(&rows)
        notes += seedNotes(sides, runs)
    }

    /// Test scores, and logged metrics that were asked for by name; the main metric where there is nothing else.
    private static func figures(
        _ runs: [ComparedRun], _ pairing: FilePairing, _ tables: TestTables, _ keys: [ScoreKey],
        _ selection: MetricSelection, _ figure: LoggedMetric.Figure
    ) -> [Figure] {
        var figures = keys.compactMap { key -> Figure? in
            guard let table = pairing.table(key) else { return nil }
            let scored = runs.indices.filter { pairing.hasScores($0, key) }
            guard let grid = pairing.grid(scored, key) else { return nil }
            var values = [Double?](repeating: nil, count: runs.count)
            for (run, row) in zip(scored, grid) { values[run] = row.reduce(0, +) / Double(row.count) }
            return Figure(
                name: tables.name(key), unit: table.unit, goal: table.goal, values: values, key: key)
        }
        let logged = Set(runs.flatMap(\.metrics.keys)).sorted()
        var names = logged.filter(selection.names(logged:))
        if names.isEmpty && figures.isEmpty {
            names = logged.filter { $0 == runs[0].mainMetric && selection.includes(logged: $0) }
        }
        for name in names {
            guard let known = runs.lazy.compactMap({ $0.metrics[name] }).first else { continue }
            figures.append(
                Figure(
                    name: name, unit: known.unit, goal: known.goal,
                    values: runs.map { $0.metrics[name].flatMap(figure.value) }, key: nil))
        }
        return figures
    }

    private static func seedValues(_ side: Side, _ runs: [ComparedRun], _ values: [Double?]) -> SeedValues? {
        SeedValues(counted(side, runs).runs.compactMap { run in values[run].map { (runs[run].seed, $0) } })
    }

    /// The runs of a side that means are taken over: those that have finished, if any has.
    static func counted(_ side: Side, _ runs: [ComparedRun]) -> (runs: [Int], note: String?) {
        guard side.isGroup else { return (side.runs, nil) }
        let finished = side.runs.filter { runs[$0].isFinished }
        if finished.count == side.runs.count { return (side.runs, nil) }
        if finished.isEmpty {
            return (side.runs, "no run of \(side.label) has finished: its means are of the figures so far")
        }
        let left = side.runs.filter { !runs[$0].isFinished }.map { runs[$0].address }
        return (finished, "means over the seeds of \(side.label) leave out \(left.joined(separator: ", "))")
    }

    private static func crossed(
        _ row: SeedComparison, _ key: ScoreKey, _ runs: [ComparedRun], _ first: Side, _ second: Side,
        _ pairing: FilePairing
    ) -> CrossedComparison? {
        let (a, b) = (counted(first, runs).runs, counted(second, runs).runs)
        let scored = (a + b).filter { pairing.hasScores($0, key) }
        guard let grid = pairing.grid(scored, key), let files = grid.first?.count else { return nil }
        func mean(_ side: [Int], _ seed: UInt64, _ file: Int) -> Double {
            let places = scored.indices.filter {
                side.contains(scored[$0]) && runs[scored[$0]].seed == seed
            }
            return places.reduce(0) { $0 + grid[$1][file] } / Double(places.count)
        }
        let differences = row.sharedSeeds.map { seed in
            (0..<files).map { mean(b, seed, $0) - mean(a, seed, $0) }
        }
        return CrossedComparison(differences, key: row.metric)
    }

    /// What was not paired, and why a row has no verdict.
    private func seedNotes(_ sides: [Side], _ runs: [ComparedRun]) -> [String] {
        var notes: [String] = []
        func add(_ note: String) { if !notes.contains(note) { notes.append(note) } }
        for row in rows {
            let labels = (sides[0].label, sides[row.other].label)
            let unshared = [row.first, row.second].flatMap { $0.values.map(\.seed) }.filter {
                !row.sharedSeeds.contains($0)
            }
            if row.test == .paired, !unshared.isEmpty {
                let list = unshared.sorted().map { String($0) }.joined(separator: ", ")
                add(
                    "\(labels.0) and \(labels.1) are paired by seed; left out, as only one has them: seeds \(list)"
                )
            }
            if row.test == .welch {
                add("\(labels.0) and \(labels.1) share too few seeds to pair them: Welch's test")
            }
        }
        for side in sides {
            let seeds = Self.counted(side, runs).runs.map { runs[$0].seed }
            if Set(seeds).count < seeds.count {
                add("several runs of \(side.label) have the same seed; they count once, by their mean")
            }
        }
        return notes
    }
}
