/// What a reader has to know before the figures.
struct RunNotes {
    private(set) var sentences: [String] = []

    init(_ runs: [ComparedRun]) {
        for run in runs where !run.isFinished {
            let step = run.lastStep.map { " at step \($0)" } ?? ""
            sentences.append(
                ["running", "stalled", "queued"].contains(run.status)
                    ? "\(run.address) is \(run.status)\(step): its figures are not final"
                    : "\(run.address) did not finish (\(run.status)\(step)): its figures are those up to there"
            )
        }
        let sets = runs.compactMap(\.testHash)
        if Set(sets).count > 1 {
            sentences.append(
                "the test sets differ: only files whose content is known to be the same are paired")
        } else if sets.count < runs.count && !sets.isEmpty {
            let without = runs.filter { $0.testHash == nil }.map(\.address)
            sentences.append("the test set is not known of \(without.joined(separator: ", "))")
        }
        let data = Set(runs.compactMap(\.trainingHash))
        if data.count > 1 { sentences.append("the runs were trained on different data") }
        let programs = Set(runs.compactMap(\.code))
        if programs.count > 1 {
            let list = runs.map { "\($0.address) \($0.code ?? "unknown")" }
            sentences.append("the code differs: \(list.joined(separator: ", "))")
        } else if Set(runs.compactMap(\.program)).count > 1 {
            let list = runs.map { "\($0.address) \(Self.short($0.program))" }
            sentences.append("different programs computed them: \(list.joined(separator: ", "))")
        }
    }

    /// The first digits of a hash, or "unknown".
    static func short(_ hash: String?) -> String { hash.map { String($0.prefix(8)) } ?? "unknown" }

    mutating func add(_ notes: [String]) {
        sentences += notes
    }

    mutating func add(versionsDiffer metrics: [String]) {
        if metrics.isEmpty { return }
        sentences.append(
            "not compared, as the runs hold different versions of its definition: "
                + metrics.joined(separator: ", "))
    }

    mutating func add(differentContents files: [String]) {
        if files.isEmpty { return }
        let list = files.prefix(3).joined(separator: ", ") + (files.count > 3 ? ", ..." : "")
        sentences.append(
            "\(files.count) test files have one name and several contents, and are left out: \(list)")
    }

    /// Files that only one side has a value of.
    mutating func add(unmatched rows: [FileComparison]) {
        let rows = rows.filter { $0.unmatched > 0 && $0.isWhole }
        if rows.isEmpty { return }
        var parts: [String] = []
        for row in rows {
            let part = "\(row.metric) \(row.unmatched)"
            if !parts.contains(part) { parts.append(part) }
        }
        sentences.append(
            "files that only one of two sides has a value of are left out: "
                + parts.joined(separator: ", "))
    }
}
