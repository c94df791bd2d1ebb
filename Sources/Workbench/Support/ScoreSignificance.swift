import Metrics
import Statistics
import StrictJSON

/// Whether a run's model differs from the input and from the best classical method by more than chance.
///
/// Files are the sample: the rows say something about these weights on such files, nothing about training again.
struct ScoreSignificance {
    struct Row {
        var metric: String
        /// A key such as `input` or `wiener`.
        var against: String
        var files: Int
        /// Mean of the model's score minus the other's.
        var difference: Double
        /// The 95 % interval of the mean difference (bootstrap); nil for fewer than five files.
        var interval: ClosedRange<Double>?
        /// The share of files on which the model is better, ties counting half.
        var shareBetter: Double
        /// Wilcoxon's signed-rank test, two-sided; nil where all differences are zero.
        var p: Double?
        /// Adjusted by Holm's method over all rows.
        var adjusted: Double?
    }

    /// The checkpoint that is compared.
    let model: String
    private(set) var rows: [Row] = []

    /// Nil for a table without a model.
    init?(_ table: ScoreTable) {
        guard let model = ["last", "best"].first(where: table.checkpoints.contains) else { return nil }
        self.model = model
        for metric in table.metrics {
            let isHigherBetter =
                ObjectiveMetrics.named(metric).map { $0.direction == .higherIsBetter } ?? true
            func mean(_ checkpoint: String) -> Double {
                let value = table[checkpoint, metric, ScoreTable.all]?.value ?? .nan
                return isHigherBetter ? value : -value
            }
            let classical = table.checkpoints.filter(ScoreTable.isClassical).filter { !mean($0).isNaN }
            let others = table.checkpoints.filter(ScoreTable.isInput)
            for other in others + [classical.max { mean($0) < mean($1) }].compactMap({ $0 }) {
                let (mine, theirs) = (table.values(model, metric), table.values(other, metric))
                let files = mine.keys.filter { theirs[$0] != nil }.sorted()
                let differences = files.map { (mine[$0] ?? 0) - (theirs[$0] ?? 0) }
                guard let summary = SampleSummary(differences) else { continue }
                let wins = differences.reduce(0.0) {
                    $0 + ($1 == 0 ? 0.5 : ($1 > 0) == isHigherBetter ? 1 : 0)
                }
                rows.append(
                    Row(
                        metric: metric, against: other, files: files.count, difference: summary.mean,
                        interval: Bootstrap(key: "test/\(metric)/\(other)").meanInterval(differences),
                        shareBetter: wins / Double(files.count), p: WilcoxonSignedRank(differences)?.p))
            }
        }
        if rows.isEmpty { return nil }
        let tested = rows.indices.filter { rows[$0].p != nil }
        for (index, value) in zip(tested, Holm.adjusted(tested.compactMap { rows[$0].p })) {
            rows[index].adjusted = value
        }
    }

    func rendered(width: Int?, color: Bool) -> String {
        var table = Table([
            .init("\(ScoreTable.title(model)) against"), .init("metric"), .init("files", .right),
            .init("difference", .right), .init("95 % interval", .right), .init("files better", .right),
            .init("p", .right), .init("p (Holm)", .right),
        ])
        for row in rows {
            let digits = ScoreTable.decimals(row.metric)
            table.add([
                ScoreTable.title(row.against), row.metric, String(row.files),
                NumberText.difference(row.difference, decimals: digits),
                row.interval.map {
                    "[\(NumberText.fixed($0.lowerBound, decimals: digits)), "
                        + "\(NumberText.fixed($0.upperBound, decimals: digits))]"
                } ?? "-",
                "\(Int((100 * row.shareBetter).rounded())) %", Self.text(row.p), Self.text(row.adjusted),
            ])
        }
        return table.rendered(width: width, color: color)
            + "paired by file, Wilcoxon's signed-rank test; says nothing about training again\n"
    }

    private static func text(_ p: Double?) -> String {
        guard let p else { return "-" }
        return p < 0.001 ? "< 0.001" : NumberText.fixed(p, decimals: 3)
    }

    var objects: [JSONValue] {
        rows.map { row in
            .object([
                "model": .string(model), "against": .string(row.against), "metric": .string(row.metric),
                "files": .integer(row.files), "difference": .number(row.difference),
                "interval_95": row.interval.map { [.number($0.lowerBound), .number($0.upperBound)] } ?? .null,
                "share_better": .number(row.shareBetter), "p_wilcoxon": JSONValue(row.p),
                "p_holm": JSONValue(row.adjusted),
            ])
        }
    }
}
