import Comparison
import Foundation

/// The parts of a comparison in the order in which they are read.
struct ComparisonSections {
    let comparison: RunComparison
    /// Leaves out rows without a difference.
    var onlyDifferences = false

    var all: [ComparisonSection] {
        var sections = [sides, config]
        if !comparison.metrics.isEmpty { sections.append(metrics) }
        if comparison.pairing == .files || comparison.seeds.isEmpty { sections += tests }
        sections += repeats + SeedSections(comparison: comparison).all
        return sections + [worst, unpaired].compactMap { $0 }
    }

    /// "run1" or "a".
    private func title(_ side: Int) -> String {
        let side = comparison.sides[side]
        return side.isGroup ? side.label : side.title
    }

    // MARK: Runs and configuration

    private var sides: ComparisonSection {
        var table = Table([
            .init(""), .init("runs", shrinks: true), .init("name", shrinks: true), .init("seed"),
            .init("status"), .init("last step", .right), .init("time a run", .right),
        ])
        for side in comparison.sides {
            let runs = side.runs.map { comparison.runs[$0] }
            func each(_ text: (ComparedRun) -> String) -> String {
                var texts: [String] = []
                for run in runs where !texts.contains(text(run)) { texts.append(text(run)) }
                return texts.joined(separator: ", ")
            }
            let seconds = runs.reduce(0) { $0 + $1.seconds } / Double(runs.count)
            let steps = runs.compactMap(\.lastStep)
            let range = steps.min().map { low in
                steps.max() == low ? "\(low)" : "\(low) to \(steps.max() ?? low)"
            }
            table.add([
                side.label, each(\.address), each { $0.name ?? "-" },
                runs.map(\.seed).sorted().map { String($0) }.joined(separator: ","), each(\.status),
                range ?? "-", NumberText.duration(seconds),
            ])
        }
        return ComparisonSection(
            title: comparison.sides.contains(where: \.isGroup) ? "runs, by configuration" : "runs",
            table: table, lines: comparison.notes.map { "note: \($0)" })
    }

    private var config: ComparisonSection {
        let difference = comparison.config
        var section = ComparisonSection(
            title: "config diff (\(difference.changed.count) of \(difference.keyCount) keys)")
        guard !difference.changed.isEmpty else {
            section.lines = ["none"]
            return section
        }
        var table = Table(
            [.init("key")] + comparison.sides.indices.map { .init(title($0), shrinks: true) })
        for key in difference.changed {
            table.add([key.key] + comparison.sides.map { key.text(of: $0.runs) })
        }
        section.table = table
        return section
    }

    // MARK: Logged metrics

    private var metrics: ComparisonSection {
        let sides = comparison.sides
        var columns: [Table.Column] = [.init("metric", shrinks: true), .init(title(0), .right)]
        for side in sides.indices.dropFirst() {
            columns += [.init(title(side), .right), .init("diff", .right)]
        }
        var table = Table(columns + [.init("better")])
        for row in comparison.metrics {
            let differences = sides.indices.dropFirst().map { row.difference(side: $0, of: sides) }
            if onlyDifferences && differences.allSatisfy({ $0 == 0 || $0?.isNaN == true }) { continue }
            var cells: [Table.Cell] = [.init(row.name), .init(value(row, 0))]
            for (side, difference) in zip(sides.indices.dropFirst(), differences) {
                cells.append(.init(value(row, side)))
                cells.append(
                    .init(
                        difference.map { NumberText.difference($0) } ?? "-",
                        ComparisonText.style(difference.flatMap(row.goal.isBetter))))
            }
            table.add(cells + [.init(row.better(of: sides).map { title($0) } ?? "-")])
        }
        let figure = comparison.options.figure
        let which =
            figure == .best ? "best value; last value where none is better" : "\(figure.rawValue) value"
        let mean = sides.contains(where: \.isGroup) ? "; mean ± Student's 95 % over seeds" : ""
        return ComparisonSection(
            title: "metrics (\(which)\(mean))", table: table, isDetail: table.rows.count > 12)
    }

    private func value(_ row: LoggedMetric, _ side: Int) -> String {
        let text = NumberText.value(row.value(side: side, of: comparison.sides))
        guard comparison.sides[side].isGroup, let half = row.sides[side]?.halfWidth else { return text }
        return "\(text) ± \(NumberText.value(half))"
    }

    // MARK: Test scores

    private var tests: [ComparisonSection] {
        guard let checkpoint = comparison.checkpoint, !comparison.files.isEmpty else {
            return [ComparisonSection(title: "test scores", lines: ["no file was scored by both runs"])]
        }
        let rows = comparison.files.filter { !onlyDifferences || $0.difference != 0 }
        let main = rows.filter { $0.checkpoint == checkpoint }
        let whole = main.filter(\.isWhole)
        let tested = whole.count { $0.adjusted != nil }
        var sections: [ComparisonSection] = []
        let isAveraged = comparison.sides.contains(where: \.isGroup)
        sections.append(
            ComparisonSection(
                title: "test scores: \(ScoreTable.title(checkpoint))",
                table: table(whole, isTested: true),
                lines: [
                    "paired by file; interval: bootstrap (BCa); p: Wilcoxon's signed-rank test, "
                        + "Holm over \(tested) \(tested == 1 ? "row" : "rows")",
                    Self.clusters(whole),
                    "what it says: these \(isAveraged ? "checkpoints, averaged over seeds," : "checkpoints") on "
                        + "files like these; nothing about training again",
                ]))
        let classes = main.filter { $0.condition != nil }
        if !classes.isEmpty {
            sections.append(
                ComparisonSection(
                    title: "by class: \(ScoreTable.title(checkpoint))",
                    table: table(classes, isTested: false), isDetail: true))
        }
        let voices = main.filter { $0.speaker != nil }
        if !voices.isEmpty {
            let count = Set(voices.compactMap(\.speaker)).count
            sections.append(
                ComparisonSection(
                    title: "by speaker: \(ScoreTable.title(checkpoint))",
                    table: table(voices, isTested: false),
                    lines: count < 10
                        ? ["\(count) speakers: what holds for them need not hold for others"] : [],
                    isDetail: true))
        }
        let others = rows.filter { $0.checkpoint != checkpoint }
        if !others.isEmpty {
            sections.append(
                ComparisonSection(
                    title: "other checkpoints", table: table(others, isTested: false),
                    lines: ["--checkpoint \(otherNames.joined(separator: " | ")) tests these"],
                    isDetail: true))
        }
        return sections
    }

    private var otherNames: [String] {
        comparison.checkpoints.filter { $0 != comparison.checkpoint && !ScoreTable.isFixed($0) }
    }

    private func table(_ rows: [FileComparison], isTested: Bool) -> Table {
        let isPair = comparison.sides.count == 2
        let hasClasses = rows.contains { $0.condition != nil }
        let hasSpeakers = rows.contains { $0.speaker != nil }
        let hasCheckpoints =
            Set(rows.map(\.checkpoint)).count > 1 || !isTested && !hasClasses && !hasSpeakers
        let hasSets = Set(comparison.files.map(\.dataset)).count > 1
        var columns: [Table.Column] = []
        if hasCheckpoints { columns.append(.init("result", shrinks: true)) }
        if hasSets { columns.append(.init("test set", shrinks: true)) }
        if !isPair { columns.append(.init("against")) }
        if hasClasses { columns.append(.init("class")) }
        if hasSpeakers { columns.append(.init("speaker")) }
        columns += [
            .init("metric"), .init("files", .right), .init(isPair ? title(0) : "first", .right),
            .init(isPair ? title(1) : "second", .right), .init("diff", .right),
            .init("95% interval", .right), .init("files better", .right),
        ]
        if isTested { columns += [.init("p", .right), .init("p (Holm)", .right), .init("verdict")] }
        var table = Table(columns)
        for row in rows {
            var cells: [Table.Cell] = []
            if hasCheckpoints { cells.append(.init(ScoreTable.title(row.checkpoint))) }
            if hasSets { cells.append(.init(row.dataset)) }
            if !isPair { cells.append(.init(title(row.other))) }
            if hasClasses { cells.append(.init(row.condition ?? ScoreTable.all)) }
            if hasSpeakers { cells.append(.init(row.speaker ?? ScoreTable.all)) }
            let style = ComparisonText.style(row.isBetter)
            let wins = row.filesBetter.map { value in
                let count = value == value.rounded() ? String(Int(value)) : String(value)
                return "\(ComparisonText.percent(row.shareBetter)) (\(count)/\(row.files))"
            }
            cells += [
                .init("test/" + row.metric), .init(String(row.files)),
                .init(NumberText.fixed(row.first, decimals: 3)),
                .init(NumberText.fixed(row.second, decimals: 3)),
                .init(NumberText.difference(row.difference, decimals: 3), style),
                .init(ComparisonText.interval(row.interval, decimals: 3)), .init(wins ?? "-"),
            ]
            if isTested {
                let verdict = Self.verdict(row)
                cells += [
                    .init(ComparisonText.p(row.p)), .init(ComparisonText.p(row.adjusted)),
                    .init(verdict.text, verdict.style),
                ]
            }
            table.add(cells)
        }
        return table
    }

    /// What intervals were drawn from.
    private static func clusters(_ rows: [FileComparison]) -> String {
        var texts: [String] = []
        for row in rows {
            let text = "\(row.clusters.kind.rawValue) (\(row.clusters.count))"
            if !texts.contains(text) { texts.append(text) }
        }
        return "clusters: " + texts.joined(separator: ", ")
            + (rows.contains { $0.clusters.kind != .none }
                ? "; drawn whole for the interval; p takes files for independent" : "")
    }

    /// What the adjusted p allows to say.
    private static func verdict(_ row: FileComparison) -> (text: String, style: TextStyle?) {
        guard let p = row.adjusted else { return (row.difference == 0 ? "same" : "-", nil) }
        guard p <= SeedComparison.level else { return ("not shown", .dim) }
        guard let isBetter = row.isBetter else { return ("differs", nil) }
        return isBetter ? ("better", .green) : ("worse", .red)
    }

    // MARK: Worst files and other means

    private var worst: ComparisonSection? {
        let rows = comparison.files.filter {
            $0.checkpoint == comparison.checkpoint && $0.isWhole && $0.goal != .none
        }
        guard !rows.isEmpty else { return nil }
        var table = Table([
            .init("worst of"), .init("metric"), .init("files worse", .right),
            .init("file: diff", shrinks: true),
        ])
        for row in rows {
            let worse = Double(row.files) - (row.filesBetter ?? 0)
            let list = row.worst.map { file in
                let place = [file.speaker, file.condition].filter { !$0.isEmpty }.joined(separator: ", ")
                let condition = place.isEmpty ? "" : " (\(place))"
                return "\(file.file)\(condition) \(NumberText.difference(file.difference, decimals: 3))"
            }
            if list.isEmpty && onlyDifferences { continue }
            table.add([
                title(row.other), "test/" + row.metric,
                worse == worse.rounded() ? String(Int(worse)) : String(worse),
                list.isEmpty ? "no file is worse" : list.joined(separator: ", "),
            ])
        }
        return ComparisonSection(title: "worst regressions against \(title(0))", table: table)
    }

    private var repeats: [ComparisonSection] {
        guard let first = comparison.repeats.first else { return [] }
        var table = Table([
            .init("metric"), .init("seeds", .right), .init("mean ± 95%", .right),
            .init("smallest", .right), .init("greatest", .right),
        ])
        for row in comparison.repeats {
            let values = row.seeds.values.map(\.value)
            table.add([
                row.metric, String(row.seeds.count), SeedSections.meanText(row.seeds),
                NumberText.fixed(values.min(), decimals: 3), NumberText.fixed(values.max(), decimals: 3),
            ])
        }
        return [
            ComparisonSection(
                title: "over \(first.seeds.count) seeds of one configuration", table: table,
                lines: ["the runs differ in their seed alone; interval: Student's t"])
        ]
    }

    private var unpaired: ComparisonSection? {
        guard !comparison.unpaired.isEmpty else { return nil }
        var table = Table([
            .init("runs"), .init("test set", shrinks: true), .init("metric"), .init("files", .right),
            .init("mean", .right),
        ])
        for row in comparison.unpaired.sorted(by: { ($0.metric, $0.side) < ($1.metric, $1.side) }) {
            table.add([
                title(row.side), row.dataset, "test/" + row.metric, String(row.files),
                NumberText.fixed(row.mean, decimals: 3),
            ])
        }
        return ComparisonSection(
            title: "means over each side's own test set", table: table,
            lines: ["different files: a difference of these means may be one of the test sets"])
    }
}
