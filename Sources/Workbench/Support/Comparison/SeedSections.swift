import Comparison

/// The parts of a comparison that are about seeds.
struct SeedSections {
    let comparison: RunComparison

    var all: [ComparisonSection] {
        guard !comparison.seeds.isEmpty else { return [] }
        var metrics: [String] = []
        for row in comparison.seeds where !metrics.contains(row.metric) { metrics.append(row.metric) }
        var sections = metrics.map(section)
        let tested = comparison.seeds.count { $0.adjusted != nil }
        let crossed = crossedSection
        sections[sections.count - 1].lines += [
            "paired: the same seeds on both sides; interval: Student's t; p: exact sign-flip test "
                + "(Welch's where seeds differ), Holm over \(tested) \(tested == 1 ? "row" : "rows")",
            "min. detectable: the difference that this many seeds would find with a probability of 80 %",
        ]
        if crossed == nil {
            sections[sections.count - 1].lines.append(
                "what it says: training again with other seeds, on this test set; --paired both adds its files"
            )
        }
        return sections + [crossed].compactMap { $0 }
    }

    static func meanText(_ values: SeedValues) -> String {
        let text = NumberText.fixed(values.mean, decimals: 3)
        return values.halfWidth.map { "\(text) ± \(NumberText.fixed($0, decimals: 3))" } ?? text
    }

    private func section(_ metric: String) -> ComparisonSection {
        let rows = comparison.seeds.filter { $0.metric == metric }
        var table = Table([
            .init(""), .init("seeds", .right), .init("mean ± 95%", .right), .init("effect", .right),
            .init("95% interval", .right), .init("seeds better", .right), .init("p", .right),
            .init("p (Holm)", .right), .init("min. detectable", .right), .init("time a run", .right),
            .init("verdict"),
        ])
        if let row = rows.first {
            table.add([
                name(0), String(row.first.count), Self.meanText(row.first), "-", "-", "-", "-", "-", "-",
                cost(0), "reference",
            ])
        }
        for row in rows {
            let verdict = verdict(row)
            let pairs = row.test == .paired ? row.sharedSeeds.count : row.second.count
            table.add([
                .init(name(row.other)),
                .init(
                    pairs == row.second.count ? String(pairs) : "\(row.second.count) (\(pairs) paired)"),
                .init(Self.meanText(row.second)),
                .init(
                    NumberText.difference(row.difference, decimals: 3), ComparisonText.style(row.isBetter)),
                .init(ComparisonText.interval(row.interval, decimals: 3)),
                .init(ComparisonText.percent(row.shareBetter)), .init(ComparisonText.p(row.p)),
                .init(ComparisonText.p(row.adjusted)),
                .init(NumberText.fixed(row.minimumDetectable, decimals: 3)), .init(cost(row.other)),
                .init(verdict.text, verdict.style),
            ])
        }
        return ComparisonSection(title: "over seeds: \(metric)", table: table)
    }

    private func name(_ side: Int) -> String {
        let side = comparison.sides[side]
        return "\(side.label) \(side.title)"
    }

    private func cost(_ side: Int) -> String {
        let runs = comparison.sides[side].runs.map { comparison.runs[$0].seconds }
        return NumberText.duration(runs.reduce(0, +) / Double(runs.count))
    }

    private func verdict(_ row: SeedComparison) -> (text: String, style: TextStyle?) {
        guard let p = row.adjusted else {
            return (row.test == .none ? "one seed: nothing to test" : "-", .dim)
        }
        guard row.canReachLevel else {
            let smallest = ComparisonText.p(row.smallestAdjusted)
            let needed = row.pairsNeeded.map { ", \($0) seeds could" } ?? ""
            return ("n=\(row.sharedSeeds.count): cannot reach 0.05 (at best \(smallest)\(needed))", .yellow)
        }
        guard p <= SeedComparison.level else { return ("not shown", .dim) }
        guard let isBetter = row.isBetter else { return ("differs", nil) }
        return isBetter ? ("better", .green) : ("worse", .red)
    }

    // MARK: Seeds and files

    private var crossedSection: ComparisonSection? {
        let rows = comparison.seeds.filter { $0.crossed != nil }
        guard !rows.isEmpty else { return nil }
        var table = Table([
            .init(""), .init("metric"), .init("seeds", .right), .init("files", .right),
            .init("effect", .right), .init("95% interval", .right), .init("variance from seeds", .right),
            .init("from files", .right), .init("rest", .right), .init("narrower with more"),
        ])
        for row in rows {
            guard let crossed = row.crossed else { continue }
            let shares = crossed.variance?.shares
            table.add([
                .init(name(row.other)), .init(row.metric), .init(String(crossed.seeds)),
                .init(String(crossed.files)),
                .init(
                    NumberText.difference(crossed.difference, decimals: 3),
                    ComparisonText.style(row.isBetter)),
                .init(
                    crossed.interval == nil
                        ? "- (5 seeds needed)" : ComparisonText.interval(crossed.interval, decimals: 3)),
                .init(ComparisonText.percent(shares?.seed)), .init(ComparisonText.percent(shares?.file)),
                .init(ComparisonText.percent(shares?.rest)), .init(crossed.advice ?? "-"),
            ])
        }
        return ComparisonSection(
            title: "over seeds and files", table: table,
            lines: [
                "interval: two-level bootstrap (seeds, then files); variance of the mean difference by its source",
                "what it says: training again with other seeds, on other files like these",
            ])
    }
}
