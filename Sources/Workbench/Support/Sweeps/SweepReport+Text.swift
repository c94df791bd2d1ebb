import Experiments
import StrictJSON
import Tracking

/// A sweep as text and Markdown.
extension SweepReport {
    /// A part of a report: a title, a table, remarks.
    struct Section {
        let title: String
        let table: Table
        var remarks: [String] = []
    }

    /// The result: of an ablation the effects and the configurations, else the best configurations and what parameters
    /// explain.
    var result: [Section] {
        if let ablation { return [effects(ablation), configurations(ablation)] }
        return [best(limit: 10)] + (importanceSection.map { [$0] } ?? [])
    }

    /// The state of the sweep and every trial.
    var status: [Section] { [summary, trials] }

    static func text(_ sections: [Section], width: Int?, color: Bool) -> String {
        sections.map { section in
            (section.title.isEmpty ? "" : TextStyle.bold.applied(to: section.title, when: color) + "\n")
                + (section.table.rows.isEmpty ? "" : section.table.rendered(width: width, color: color))
                + section.remarks.map { $0 + "\n" }.joined()
        }.joined(separator: "\n")
    }

    static func markdown(_ sections: [Section]) -> String {
        sections.map { section in
            "### \(section.title)\n\n" + section.table.markdown()
                + section.remarks.map { "\n\($0)\n" }.joined()
        }.joined(separator: "\n")
    }

    // MARK: Ablation

    private func effects(_ table: AblationTable) -> Section {
        var text = Table([
            .init("without"), .init("seeds", .right), .init("effect", .right), .init("95 % interval"),
            .init(""), .init("p", .right), .init("Holm p", .right), .init("detectable", .right),
            .init("min/run", .right), .init("saves", .right), .init(""),
        ])
        let span = Forest(table.effects)
        for effect in table.effects {
            let interval = effect.mean.flatMap { mean in effect.halfWidth.map { (mean - $0)...(mean + $0) } }
            text.add([
                .init(effect.factor), .init("\(effect.seeds.count)"),
                .init(effect.mean.map { NumberText.difference($0) } ?? "-"),
                .init(interval.map(Self.interval) ?? "-"), .init(verdict(effect), style(effect)),
                .init(Self.probability(effect.p)), .init(Self.probability(effect.adjustedP)),
                .init(NumberText.value(effect.minimumDetectable)),
                .init(NumberText.fixed(effect.minutesWithout)), .init(saving(effect)),
                .init(span.line(effect.mean, interval)),
            ])
        }
        return Section(
            title: title, table: text,
            remarks: remarks(table))
    }

    /// What an effect means, where its p may say so.
    private func verdict(_ effect: AblationTable.Effect) -> String {
        guard let mean = effect.mean, mean != 0 else { return "" }
        return objective.goal.prefers(0, to: mean) ? "worse" : "better"
    }

    private func style(_ effect: AblationTable.Effect) -> TextStyle? {
        guard let p = effect.adjustedP, p <= AblationTable.level else { return .dim }
        return verdict(effect) == "worse" ? .red : .green
    }

    private func saving(_ effect: AblationTable.Effect) -> String {
        guard let with = effect.minutesWith, let without = effect.minutesWithout else { return "-" }
        return NumberText.difference(with - without, decimals: 2)
    }

    private func remarks(_ table: AblationTable) -> [String] {
        let question =
            switch table.design {
            case .leaveOneOut: "effect: the objective without the factor minus that of the full experiment"
            case .oneAtATime: "effect: the objective with nothing minus that with the factor alone"
            case .fullFactorial:
                "effect: mean of all combinations without the factor minus mean of those with it"
            }
        var lines = [
            question
                + ", paired by seed; t interval, exact sign-flip p, Holm over \(table.effects.count) factors;"
                + " detectable: what so many seeds would show in 4 of 5 repetitions; saves: minutes a run"
        ]
        let counts = Set(table.effects.map(\.seeds.count)).sorted()
        for count in counts {
            guard let effect = table.effects.first(where: { $0.seeds.count == count }), count > 0 else {
                continue
            }
            let smallest =
                "\(count) seeds: the smallest p they can show is \(Self.probability(effect.smallestP)), after Holm "
                + Self.probability(effect.smallestAdjustedP)
            lines.append(
                effect.isTooSmall
                    ? smallest + ": they cannot reach 0.05 whatever the runs say "
                        + "(\(table.seedsNeeded) seeds could); read the effect and its interval"
                    : smallest)
        }
        return lines + unfinished
    }

    private var unfinished: [String] {
        let left = entries.count - count(.finished)
        guard left > 0 else { return [] }
        let parts = TrialState.allCases.filter { $0 != .finished && count($0) > 0 }.map {
            "\(count($0)) \($0.rawValue)"
        }
        return ["\(left) of \(entries.count) trials are not in it: \(parts.joined(separator: ", "))"]
    }

    private func configurations(_ table: AblationTable) -> Section {
        var text = Table([
            .init("configuration"), .init("seeds", .right), .init("mean", .right), .init("± 95 %", .right),
            .init("min/run", .right), .init("changes", shrinks: true),
        ])
        for summary in table.configurations {
            text.add([
                summary.name ?? "", "\(summary.values.count)", NumberText.value(summary.mean),
                NumberText.value(summary.halfWidth), NumberText.fixed(summary.minutes),
                summary.assignment.text,
            ])
        }
        return Section(title: "configurations", table: text)
    }

    // MARK: Searches

    private func best(limit: Int) -> Section {
        var text = Table([
            .init("place", .right), .init("seeds", .right), .init("mean", .right), .init("± 95 %", .right),
            .init("min/run", .right), .init("configuration", shrinks: true),
        ])
        for (place, summary) in ranking.prefix(limit).enumerated() {
            text.add([
                "\(place + 1)", "\(summary.values.count)", NumberText.value(summary.mean),
                NumberText.value(summary.halfWidth), NumberText.fixed(summary.minutes),
                summary.assignment.text,
            ])
        }
        var remarks: [String] = []
        if ranking.count > limit { remarks.append("\(ranking.count - limit) more: --json has them all") }
        if ranking.count > 1 {
            remarks.append(
                "the best of \(ranking.count) looks better than it is: run it again with fresh seeds "
                    + "before you compare it with anything")
        }
        return Section(
            title: title,
            table: text,
            remarks: remarks + unfinished)
    }

    // MARK: Status

    private var summary: Section {
        var text = Table([.init("sweep"), .init(sweep.address)])
        text.add(["name", sweep.name])
        text.add(["state", state + (sweep.reason.map { ": \($0)" } ?? "")])
        text.add(["method", plan.spec.method.rawValue])
        text.add(["base", plan.spec.base])
        text.add(["objective", objectiveText])
        let parts = TrialState.allCases.filter { count($0) > 0 }.map { "\(count($0)) \($0.rawValue)" }
        text.add(["trials", "\(entries.count)" + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", "))])
        let minutes = entries.compactMap(\.minutes).reduce(0, +)
        text.add(["run time", NumberText.duration(minutes * 60)])
        text.add(["started", NumberText.time(sweep.created)])
        return Section(title: "", table: text)
    }

    private var trials: Section {
        var text = Table([
            .init("trial", .right), .init("state"), .init("seed", .right), .init("value", .right),
            .init("run"), .init("minutes", .right), .init("tries", .right),
            .init("configuration", shrinks: true), .init("what happened", shrinks: true),
        ])
        for entry in entries {
            let trial = entry.trial
            text.add([
                .init("\(trial.number)"), .init(trial.state.rawValue, trial.state.style),
                .init("\(trial.seed)"),
                .init(NumberText.value(trial.value)), .init(trial.run.map { "run\($0)" } ?? "-"),
                .init(NumberText.fixed(entry.minutes)), .init("\(trial.tries)"), .init(entry.text),
                .init(trial.reason ?? Self.driver(of: trial)),
            ])
        }
        return Section(title: "trials", table: text)
    }

    /// Who was given a running trial, where that is no process of the workbench.
    private static func driver(of trial: Trial) -> String {
        guard case .driver(let name, _)? = trial.driver, let end = trial.leaseEnds else { return "" }
        return "driver \(name), until \(NumberText.time(end))"
    }

    // MARK: Numbers

    static func interval(_ interval: ClosedRange<Double>) -> String {
        "[\(NumberText.difference(interval.lowerBound)), \(NumberText.difference(interval.upperBound))]"
    }

    /// A p value: three decimals, "< 0.001" below.
    static func probability(_ p: Double?) -> String {
        guard let p else { return "-" }
        return p < 0.001 ? "< 0.001" : NumberText.fixed(p, decimals: 3)
    }
}

extension TrialState {
    /// The colour that shows a state.
    var style: TextStyle? {
        switch self {
        case .finished: .green
        case .running: .cyan
        case .failed: .red
        case .pruned, .stopped: .yellow
        case .waiting: nil
        }
    }
}

/// Effects with their intervals on one line each, zero in the same column of all.
struct Forest {
    private static let width = 33
    private let extent: Double

    init(_ effects: [AblationTable.Effect]) {
        extent =
            effects.compactMap { effect in effect.mean.map { abs($0) + (effect.halfWidth ?? 0) } }.max() ?? 0
    }

    /// A dot at the mean, a bar over the interval, a line at zero; empty where there is nothing to show.
    func line(_ mean: Double?, _ interval: ClosedRange<Double>?) -> String {
        guard let mean, extent > 0, extent.isFinite else { return "" }
        func column(_ value: Double) -> Int {
            min(Self.width - 1, max(0, Int(((value / extent + 1) / 2 * Double(Self.width - 1)).rounded())))
        }
        var cells = [Character](repeating: " ", count: Self.width)
        cells[column(0)] = "│"
        if let interval {
            for index in column(interval.lowerBound)...column(interval.upperBound) where cells[index] == " " {
                cells[index] = "─"
            }
        }
        cells[column(mean)] = "●"
        return String(cells)
    }
}
