import Statistics

/// What differs between runs, in configuration and in results, and how sure that is. The first side is the
/// reference of all differences.
public struct RunComparison: Sendable {
    public let runs: [ComparedRun]
    public let options: ComparisonOptions
    public let sides: [Side]
    public let config: ConfigDifference
    /// Whether the runs were scored on the same test set; nil where a run does not say.
    public let haveSameTestSet: Bool?
    /// The checkpoints that are scored in the first side and another, in order.
    public let checkpoints: [String]
    /// The checkpoint whose scores are tested; nil where no file was scored by two sides.
    public let checkpoint: String?
    /// Logged metrics, by name.
    public let metrics: [LoggedMetric]
    /// Test scores of `checkpoint` by metric, all files, by class and by speaker; then other trained checkpoints, all files.
    public let files: [FileComparison]
    /// Over seeds, where a side has several runs.
    public let seeds: [SeedComparison]
    /// Figures over the seeds of one configuration, where the sides are single runs that differ in the seed alone.
    public let repeats: [LoggedMetric.Repeat]
    /// Means over each side's own files, where the test sets differ.
    public let unpaired: [UnpairedMean]
    /// What a reader has to know, one sentence each.
    public let notes: [String]
    /// Test means by run over the files that all runs with scores share.
    let testMeans: [TestFigure]

    /// What is paired.
    public var pairing: Pairing { options.pairing ?? (seeds.isEmpty ? .files : .seeds) }

    /// - Parameter runs: two or more; the first, or its group, is the reference.
    /// - Throws: `ComparisonError`.
    public init(_ runs: [ComparedRun], _ options: ComparisonOptions = ComparisonOptions()) throws {
        var notes = RunNotes(runs)
        let hashes = runs.compactMap(\.testHash)
        let differ = Set(hashes).count > 1
        if differ && !options.force {
            throw ComparisonError.testSetsDiffer(runs.map { "\($0.address) \(RunNotes.short($0.testHash))" })
        }
        haveSameTestSet = differ ? false : hashes.count == runs.count ? true : nil
        let sides = Side.sides(of: try options.grouping.groups(runs), runs)
        self.runs = runs
        self.options = options
        self.sides = sides
        config = ConfigDifference(runs)

        checkpoints = options.ordered(Self.sharedCheckpoints(runs, sides))
        if let wanted = options.checkpoint, !checkpoints.contains(wanted) {
            throw ComparisonError.unknownCheckpoint(wanted, known: checkpoints)
        }
        let main = options.checkpoint ?? options.mainCheckpoint(of: checkpoints)
        checkpoint = main
        let read = Set(checkpoints.filter { $0 == main || !options.isFixed($0) })
        let scores = runs.map { FileScores($0.scores, byContent: differ, checkpoints: read) }
        let pairing = FilePairing(sides, scores, byContent: differ)
        notes.add(versionsDiffer: pairing.versionsDiffer)
        notes.add(differentContents: pairing.differentContents)

        let tables = TestTables(pairing, main: main)
        let selection = try MetricSelection(
            options.metrics, logged: Set(runs.flatMap(\.metrics.keys)), tested: tables.names)
        metrics = LoggedMetric.all(runs, sides, options.figure, selection)
        let keys = tables.keys.filter { selection.includes(tested: tables.name($0)) }
        let others = pairing.sharedKeys.filter { key in
            key.checkpoint != main && keys.contains { $0.metric == key.metric && $0.dataset == key.dataset }
        }
        var files = pairing.compare(keys + others) { $0.checkpoint == main }
        FileComparison.adjust(&files) { $0.checkpoint == main && $0.isWhole }
        self.files = files
        notes.add(unmatched: files)

        testMeans = TestFigure.all(keys, tables, pairing, sides)
        unpaired = differ ? UnpairedMean.all(runs, sides, checkpoint: main, selection) : []
        let table = SeedTable(
            runs: runs, sides: sides, pairing: pairing, tables: tables, keys: keys, selection: selection,
            figure: options.figure, crossing: options.pairing == .both)
        notes.add(table.notes)
        seeds = table.rows
        if let wanted = options.pairing, wanted != .files,
            !seeds.contains(where: { $0.first.count > 1 && $0.second.count > 1 })
        {
            throw ComparisonError.noSeeds
        }
        repeats = sides.contains(where: \.isGroup) ? [] : table.repeats
        self.notes = notes.sentences
    }

    /// The runs of a side that its means are taken over.
    public func counted(_ side: Side) -> [Int] { SeedTable.counted(side, runs).runs }

    private static func sharedCheckpoints(_ runs: [ComparedRun], _ sides: [Side]) -> Set<String> {
        let sets = runs.map(\.checkpoints)
        func shared(_ side: Side) -> Set<String> {
            side.runs.dropFirst().reduce(sets[side.runs[0]]) { $0.intersection(sets[$1]) }
        }
        guard let first = sides.first else { return [] }
        return shared(first).intersection(sides.dropFirst().reduce(into: []) { $0.formUnion(shared($1)) })
    }
}

extension FileComparison {
    /// Adjusts the p values of the tested rows for their number.
    static func adjust(_ rows: inout [FileComparison], where isTested: (FileComparison) -> Bool) {
        let tested = rows.indices.filter { isTested(rows[$0]) && rows[$0].p != nil }
        for (index, value) in zip(tested, Holm.adjusted(tested.compactMap { rows[$0].p })) {
            rows[index].adjusted = value
        }
    }
}
