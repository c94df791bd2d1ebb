extension RunComparison {
    /// What a gate's name before the dot stands for.
    enum GateSide {
        case side(Int)
        case run(Int)
    }

    /// A letter (a, b, ...) or the address of one of the runs.
    func gateSide(_ name: String) -> GateSide? {
        if let side = sides.firstIndex(where: { $0.label == name }) { return .side(side) }
        if let run = runs.firstIndex(where: { $0.address == name }) {
            if let side = sides.firstIndex(where: { $0.runs == [run] }) { return .side(side) }
            return .run(run)
        }
        return nil
    }

    /// The names of all figures: test scores (by class with the class in brackets), then logged metrics.
    public var figureNames: [String] { testMeans.map(\.name) + metrics.map(\.name) }

    /// A test mean over the files that all runs share, or a logged metric's figure; a mean over seeds for a side of
    /// several runs.
    func value(_ name: String, of side: GateSide) -> Double? {
        let test = testMeans.first { $0.name == name }
        guard let values = test?.values ?? metrics.first(where: { $0.name == name })?.values else {
            return nil
        }
        switch side {
        case .run(let run):
            return values[run]
        case .side(let index):
            let counted = SeedTable.counted(sides[index], runs).runs
            let known = counted.compactMap { run in values[run].map { (seed: runs[run].seed, value: $0) } }
            guard sides[index].isGroup else { return known.first?.value }
            return SeedValues(known)?.mean
        }
    }

    /// What is known of a side's figure against the first side.
    func statistic(_ statistic: GateExpression.Statistic, _ name: String, of side: GateSide) -> Double? {
        guard case .side(let other) = side, other > 0 else { return nil }
        if statistic == .diff {
            return value(name, of: side).flatMap { second in value(name, of: .side(0)).map { second - $0 } }
        }
        if pairing != .files, let row = seeds.first(where: { $0.metric == name && $0.other == other }) {
            let interval = pairing == .both ? row.crossed?.interval ?? row.interval : row.interval
            switch statistic {
            case .low: return interval?.lowerBound
            case .high: return interval?.upperBound
            default: return row.adjusted
            }
        }
        let row = files.first {
            $0.other == other && $0.checkpoint == checkpoint && $0.speaker == nil && testName($0) == name
        }
        switch statistic {
        case .low: return row?.interval?.lowerBound
        case .high: return row?.interval?.upperBound
        // Where no file differs there is nothing to test, and no evidence of a difference.
        default: return row.map { $0.adjusted ?? 1 }
        }
    }

    /// `test/pesq`, with the class in brackets where the row is of one.
    public func testName(_ row: FileComparison) -> String {
        let several = Set(files.map(\.dataset)).count > 1
        return (several ? "test/\(row.dataset)/\(row.metric)" : "test/\(row.metric)")
            + (row.condition.map { "[\($0)]" } ?? "")
    }
}
