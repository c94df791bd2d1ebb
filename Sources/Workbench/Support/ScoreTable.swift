import Tracking

/// The scores of a run's test files, averaged by class and checkpoint.
struct ScoreTable {
    /// The mean of one metric over the files of one class.
    struct Mean: Equatable {
        var value: Double?
        /// How many files have a finite score.
        var files: Int
        /// How many files have none.
        var undefined: Int
    }

    /// One line: a class, a checkpoint and the means by metric.
    struct Row {
        var condition: String
        var checkpoint: String
        var means: [String: Mean]
    }

    /// The class that stands for all files together.
    static let all = "all"

    var dataset: String
    var metrics: [String]
    var rows: [Row]

    /// The tables of all test sets a run was scored on.
    static func tables(of scores: [StoredFileScore]) -> [ScoreTable] {
        Dictionary(grouping: scores, by: \.dataset).sorted { $0.key < $1.key }.map { dataset, scores in
            ScoreTable(dataset: dataset, scores: scores)
        }
    }

    private init(dataset: String, scores: [StoredFileScore]) {
        self.dataset = dataset
        metrics = Set(scores.map(\.score.metric)).sorted()
        let checkpoints = Self.ordered(Set(scores.map(\.checkpoint)))
        let conditions = Set(scores.map(\.score.condition)).sorted()
        var rows: [Row] = []
        for condition in conditions + (conditions.count > 1 ? [Self.all] : []) {
            for checkpoint in checkpoints {
                let members = scores.filter {
                    $0.checkpoint == checkpoint
                        && (condition == Self.all || $0.score.condition == condition)
                }
                if members.isEmpty { continue }
                let byMetric = Dictionary(grouping: members, by: \.score.metric)
                let title = condition.isEmpty ? Self.all : condition
                rows.append(
                    Row(
                        condition: title, checkpoint: checkpoint,
                        means: byMetric.mapValues { Self.mean($0) }))
            }
        }
        self.rows = rows
    }

    private static func mean(_ scores: [StoredFileScore]) -> Mean {
        let values = scores.compactMap(\.score.value).filter(\.isFinite)
        return Mean(
            value: values.isEmpty ? nil : values.reduce(0, +) / Double(values.count),
            files: values.count, undefined: scores.count - values.count)
    }

    /// The unprocessed input first, then by name.
    static func ordered(_ checkpoints: Set<String>) -> [String] {
        checkpoints.sorted { (isInput($0) ? 0 : 1, $0) < (isInput($1) ? 0 : 1, $1) }
    }

    /// Whether a checkpoint's name stands for the unprocessed input.
    static func isInput(_ checkpoint: String) -> Bool {
        ["noisy", "input", "unprocessed"].contains(checkpoint)
    }

    func rendered(width: Int?, color: Bool) -> String {
        var table = Table(
            [.init("class"), .init("checkpoint", shrinks: true), .init("files", .right)]
                + metrics.map { .init($0, .right) })
        var hasUndefined = false
        for row in rows {
            let files = row.means.values.map { $0.files + $0.undefined }.max() ?? 0
            let values = metrics.map { metric -> String in
                guard let mean = row.means[metric] else { return "-" }
                hasUndefined = hasUndefined || mean.undefined > 0
                return NumberText.fixed(mean.value) + (mean.undefined > 0 ? "*" : "")
            }
            table.add([row.condition, row.checkpoint, String(files)] + values)
        }
        let note = hasUndefined ? "* over the files where the metric is defined\n" : ""
        return table.rendered(width: width, color: color) + note
    }

    /// One object for each class, checkpoint and metric.
    var objects: [JSONTree] {
        rows.flatMap { row in
            metrics.compactMap { metric in
                row.means[metric].map { mean in
                    .object([
                        "dataset": .string(dataset), "class": .string(row.condition),
                        "checkpoint": .string(row.checkpoint), "metric": .string(metric),
                        "mean": JSONTree(mean.value), "files": JSONTree(mean.files),
                        "undefined_files": JSONTree(mean.undefined),
                    ])
                }
            }
        }
    }
}
