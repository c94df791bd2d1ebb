import Audio
import Foundation
import Metrics
import StrictJSON
import Tracking

/// The scores of a test set's files, averaged by class and by who made them: the table that closes a run.
struct ScoreTable {
    /// The scores of one enhancer or checkpoint.
    struct Scored {
        /// A key such as `input`, `last` or `last/stage1`.
        var checkpoint: String
        var score: FileScore
    }

    /// The mean of one metric over the files of one class.
    struct Mean: Equatable {
        var value: Double?
        /// Half the width of a 95 % interval of the mean over files (1.96 standard errors).
        var halfWidth: Double?
        /// How many files have a finite score.
        var files: Int
        /// How many files have none.
        var undefined: Int
    }

    /// The class that stands for all files together.
    static let all = "all"

    let dataset: String
    /// In the order in which they are scored.
    let metrics: [String]
    let checkpoints: [String]
    /// Classes in alphabetical order, then `all`.
    let conditions: [String]
    private let means: [String: Mean]
    /// Metrics that are defined for no file, with a reason.
    let undefined: [(metric: String, reason: String)]
    private let scores: [Scored]

    init(dataset: String, _ scores: [Scored]) {
        self.dataset = dataset
        var metrics: [String] = []
        for scored in scores where !metrics.contains(scored.score.metric) {
            metrics.append(scored.score.metric)
        }
        // A metric that says nothing about any file has no table.
        let defined = Set(scores.filter { $0.score.value != nil }.map(\.score.metric))
        self.metrics = metrics.filter(defined.contains)
        undefined = metrics.filter { !defined.contains($0) }.map { metric in
            let first = scores.first { $0.score.metric == metric }
            if case .undefined(let reason)? = first?.score.result { return (metric, reason) }
            return (metric, "no file")
        }
        self.scores = scores
        checkpoints = Self.ordered(Set(scores.map(\.checkpoint)))
        let named = Set(scores.map(\.score.condition)).subtracting(["", Self.all]).sorted()
        conditions = (named.count > 1 ? named : []) + [Self.all]
        var groups: [String: [FileScore]] = [:]
        for scored in scores {
            for condition in Set([scored.score.condition, Self.all]) {
                groups[Self.key(scored.checkpoint, scored.score.metric, condition), default: []].append(
                    scored.score)
            }
        }
        means = groups.mapValues(Self.mean)
    }

    /// The tables of all test sets a run was scored on.
    static func tables(of scores: [StoredFileScore]) -> [ScoreTable] {
        Dictionary(grouping: scores, by: \.dataset).sorted { $0.key < $1.key }.map { dataset, scores in
            ScoreTable(dataset: dataset, scores.map { Scored(checkpoint: $0.checkpoint, score: $0.score) })
        }
    }

    private static func key(_ checkpoint: String, _ metric: String, _ condition: String) -> String {
        "\(checkpoint)\u{1}\(metric)\u{1}\(condition)"
    }

    /// The mean of a class, or of `all`; nil where there is no file.
    subscript(checkpoint: String, metric: String, condition: String) -> Mean? {
        means[Self.key(checkpoint, metric, condition)]
    }

    /// The finite values of a checkpoint by file.
    func values(_ checkpoint: String, _ metric: String) -> [String: Double] {
        var values: [String: Double] = [:]
        for scored in scores where scored.checkpoint == checkpoint && scored.score.metric == metric {
            guard let value = scored.score.value, value.isFinite else { continue }
            // Equal names may stand in several classes.
            values[scored.score.condition + "/" + scored.score.file] = value
        }
        return values
    }

    private static func mean(_ scores: [FileScore]) -> Mean {
        let values = scores.compactMap(\.value).filter(\.isFinite)
        let count = Double(values.count)
        let mean = values.isEmpty ? nil : values.reduce(0, +) / count
        let halfWidth = mean.flatMap { mean -> Double? in
            guard values.count > 1 else { return nil }
            let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return 1.96 * (spread / (count - 1) / count).squareRoot()
        }
        return Mean(
            value: mean, halfWidth: halfWidth, files: values.count, undefined: scores.count - values.count)
    }

    /// From the unprocessed input over classical methods to checkpoints.
    static func ordered(_ checkpoints: Set<String>) -> [String] {
        let known = [
            "input", "spectral_subtraction", "boll", "wiener", "iterative_wiener", "last/stage1", "last",
            "best/stage1", "best", "generator_only/stage1", "generator_only", "oracle_irm", "oracle_psm",
        ]
        return checkpoints.sorted {
            (known.firstIndex(of: $0) ?? known.count, $0) < (known.firstIndex(of: $1) ?? known.count, $1)
        }
    }

    /// Whether a checkpoint's name stands for the unprocessed input.
    static func isInput(_ checkpoint: String) -> Bool { checkpoint == "input" }

    /// Whether it is the same in every run.
    static func isFixed(_ checkpoint: String) -> Bool {
        isInput(checkpoint) || isClassical(checkpoint) || checkpoint.hasPrefix("oracle_")
    }

    /// Whether it is a method that is not trained.
    static func isClassical(_ checkpoint: String) -> Bool { Baseline(rawValue: checkpoint) != nil }

    /// What a person calls it: `stage 1 alone (last)`.
    static func title(_ checkpoint: String) -> String {
        switch checkpoint {
        case "input": return "input"
        case "oracle_irm": return "oracle mask (IRM)"
        case "oracle_psm": return "oracle mask (PSM)"
        case let name where isClassical(name): return Baseline(rawValue: name)?.enhancer().name ?? name
        default:
            let parts = checkpoint.split(separator: "/").map(String.init)
            guard let role = parts.first, ["last", "best", "generator_only"].contains(role) else {
                return checkpoint
            }
            return (parts.last == "stage1" ? "stage 1 alone" : "all stages")
                + " (\(role.replacing("_", with: "-")))"
        }
    }

    /// One block a metric: who made it down, classes across.
    func rendered(width: Int?, color: Bool) -> String {
        metrics.map { metric in
            var table = Table([.init(metric)] + conditions.map { .init($0, .right) })
            for checkpoint in checkpoints {
                table.add(
                    [.init(Self.title(checkpoint))]
                        + conditions.map {
                            .init(cell(self[checkpoint, metric, $0], of: metric, isWhole: $0 == Self.all))
                        })
            }
            // Where files drop out for some checkpoints only, the smallest basis is told.
            let files = conditions.compactMap { condition in
                checkpoints.compactMap { self[$0, metric, condition] }.min { $0.files < $1.files }.map {
                    mean in
                    "\(condition) \(mean.files)"
                        + (mean.undefined > 0 ? " (undefined: \(mean.undefined))" : "")
                }
            }
            return table.rendered(width: width, color: color) + "files: \(files.joined(separator: ", "))\n"
        }.joined(separator: "\n")
            + undefined.map { "\n\($0.metric): undefined for every file (\($0.reason))\n" }.joined()
            + (ScoreSignificance(self).map { "\n" + $0.rendered(width: width, color: color) } ?? "")
    }

    /// Scales that end at 5 or below need a third decimal.
    static func decimals(_ metric: String) -> Int {
        (ObjectiveMetrics.named(metric)?.range.upperBound ?? .infinity) <= 5 ? 3 : 2
    }

    private func cell(_ mean: Mean?, of metric: String, isWhole: Bool) -> String {
        guard let mean else { return "-" }
        let decimals = Self.decimals(metric)
        let text = NumberText.fixed(mean.value, decimals: decimals)
        guard isWhole, let half = mean.halfWidth else { return text }
        return "\(text) ± \(NumberText.fixed(half, decimals: decimals))"
    }

    /// One object for each class, checkpoint and metric.
    var objects: [JSONValue] {
        checkpoints.flatMap { checkpoint in
            metrics.flatMap { metric in
                conditions.compactMap { condition -> JSONValue? in
                    guard let mean = self[checkpoint, metric, condition] else { return nil }
                    return .object([
                        "dataset": .string(dataset), "class": .string(condition),
                        "checkpoint": .string(checkpoint), "metric": .string(metric),
                        "mean": JSONValue(mean.value), "half_width_95": JSONValue(mean.halfWidth),
                        "files": JSONValue(mean.files), "undefined_files": JSONValue(mean.undefined),
                    ])
                }
            }
        }
    }

    /// What a report holds of a test set, beside its table.
    var members: JSONObject {
        var members: JSONObject = ["test": .array(objects)]
        if !undefined.isEmpty {
            members["undefined"] = .object(
                JSONObject(undefined.map { (key: $0.metric, value: .string($0.reason)) }))
        }
        if let significance = ScoreSignificance(self) {
            members["significance"] = .array(significance.objects)
        }
        return members
    }
}
