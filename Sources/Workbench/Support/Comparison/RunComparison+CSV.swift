import Comparison

extension RunComparison {
    /// What `workbench compare --csv` prints: a row for each figure of each side, with its difference from the first
    /// side where there is one. Numbers in full.
    var csv: String {
        var table = Table(
            [
                "table", "side", "runs", "dataset", "checkpoint", "class", "metric", "goal", "n", "value",
                "difference", "low", "high", "share_better", "p", "p_holm", "smallest_p_holm",
                "minimum_detectable", "speaker", "clusters", "n_clusters",
            ].map { .init($0) })
        func text(_ value: Double?) -> String {
            guard let value else { return "" }
            return value.isNaN ? "nan" : value.isInfinite ? (value > 0 ? "inf" : "-inf") : "\(value)"
        }
        func start(_ kind: String, _ side: Int) -> [String] {
            let addresses = sides[side].runs.map { runs[$0].address }
            return [kind, sides[side].label, addresses.joined(separator: " ")]
        }
        for row in metrics {
            for side in sides.indices {
                table.add(
                    start("metric", side) + ["", "", "", row.name, row.goal.rawValue]
                        + [
                            String(sides[side].runs.count), text(row.value(side: side, of: sides)),
                            side == 0 ? "" : text(row.difference(side: side, of: sides)),
                        ])
            }
        }
        for row in files {
            func named(_ side: Int) -> [String] {
                start("test", side) + [
                    row.dataset, row.checkpoint, row.condition ?? ScoreTable.all, row.metric,
                    row.goal.rawValue, String(row.files),
                ]
            }
            if row.other == 1 {
                let blanks = [String](repeating: "", count: 8)
                table.add(named(0) + [text(row.first)] + blanks + [row.speaker ?? ""])
            }
            table.add(
                named(row.other) + [
                    text(row.second), text(row.difference), text(row.interval?.lowerBound),
                    text(row.interval?.upperBound), text(row.shareBetter), text(row.p), text(row.adjusted),
                    "", "", row.speaker ?? "", row.clusters.kind.rawValue, String(row.clusters.count),
                ])
        }
        for row in seeds {
            func named(_ side: Int, _ values: SeedValues) -> [String] {
                start("seeds", side)
                    + ["", checkpoint ?? "", ScoreTable.all, row.metric, row.goal.rawValue]
                    + [String(values.count), text(values.mean)]
            }
            if row.other == 1 { table.add(named(0, row.first)) }
            table.add(
                named(row.other, row.second) + [
                    text(row.difference), text(row.interval?.lowerBound), text(row.interval?.upperBound),
                    text(row.shareBetter), text(row.p), text(row.adjusted), text(row.smallestAdjusted),
                    text(row.minimumDetectable),
                ])
        }
        return table.csv()
    }
}
