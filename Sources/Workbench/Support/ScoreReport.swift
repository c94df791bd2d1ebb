import Experiments
import Foundation
import Tracking

/// Prints the closing table of a run or an evaluation.
enum ScoreReport {
    /// One block a metric: subjects down, classes across.
    static func text(_ table: ScoreTable) -> String {
        table.metrics.map { metric in
            let columns = (table.categories.count > 1 ? table.categories : []) + ["all"]
            var text = Table([.init(metric)] + columns.map { .init($0, .right) })
            for subject in table.subjects {
                text.add(
                    [.init(subject.title)]
                        + columns.map { category in
                            guard let cell = table[subject, metric, category] else { return .init("-") }
                            guard category == "all", let half = cell.halfWidth else {
                                return .init(String(format: "%.2f", cell.mean))
                            }
                            return .init(String(format: "%.2f ± %.2f", cell.mean, half))
                        })
            }
            let counts = columns.compactMap { category in
                table.subjects.first.flatMap { table[$0, metric, category] }.map { "\(category) \($0.count)" }
            }
            return text.rendered(width: nil, color: Terminal.usesColor)
                + "files: \(counts.joined(separator: ", "))\n"
        }.joined(separator: "\n")
    }

    static func json(_ table: ScoreTable) -> JSONTree {
        .array(
            table.subjects.flatMap { subject in
                table.metrics.flatMap { metric in
                    (table.categories + ["all"]).compactMap { category -> JSONTree? in
                        guard let cell = table[subject, metric, category] else { return nil }
                        return .object([
                            "subject": .string(subject.key), "metric": .string(metric), "class": .string(category),
                            "mean": .number(cell.mean), "half_width_95": JSONTree(cell.halfWidth),
                            "files": .integer(Int64(cell.count)),
                        ])
                    }
                }
            })
    }
}
