import Foundation
import Tracking

extension RunComparison {
    /// The comparison as text, without curves.
    ///
    /// - Parameter checkpoint: whose test scores to print.
    func rendered(checkpoint: String?, width: Int?, color: Bool) -> String {
        func title(_ text: String) -> String { TextStyle.bold.applied(to: text, when: color) + "\n" }
        var text = title("config diff (\(changedKeys.count) of \(keyCount) keys)")
        text += changedKeys.isEmpty ? "none\n" : configTable().rendered(width: width, color: color)
        if !metrics.isEmpty {
            text += "\n" + title("metrics (best value; last value where none is better)")
            text += metricTable().rendered(width: width, color: color)
        }
        text += "\n" + title("test scores") + scoreText(checkpoint, width: width, color: color)
        return text
    }

    private var names: [String] { members.map(\.run.address) }

    private func configTable() -> Table {
        var table = Table([.init("key")] + names.map { .init($0, shrinks: true) })
        for key in changedKeys { table.add([key.key] + key.values.map { $0 ?? "(absent)" }) }
        return table
    }

    private func metricTable() -> Table {
        var columns: [Table.Column] = [.init("metric", shrinks: true), .init(names[0], .right)]
        for name in names.dropFirst() { columns += [.init(name, .right), .init("diff", .right)] }
        var table = Table(columns + [.init("better")])
        for row in metrics {
            var cells = [row.metric, NumberText.value(row.values[0])]
            for value in row.values.dropFirst() {
                let difference = value.flatMap { value in row.values[0].map { value - $0 } }
                cells += [NumberText.value(value), difference.map { NumberText.difference($0) } ?? "-"]
            }
            table.add(cells + [row.better.map { names[$0] } ?? "-"])
        }
        return table
    }

    private func scoreText(_ checkpoint: String?, width: Int?, color: Bool) -> String {
        var text = ""
        if haveSameTestSet == false {
            text += "the test sets differ: only files known to be the same are paired\n"
        }
        // The chosen result by class, then every other stage and checkpoint over all files, so that no part can
        // hide. The input and classical methods are the same in both runs.
        let chosen = scores.filter { $0.checkpoint == checkpoint }
        let others = checkpoints.filter { $0 != checkpoint && !ScoreTable.isFixed($0) }.flatMap { other in
            scores.filter { $0.checkpoint == other && $0.condition == ScoreTable.all }
        }
        guard let checkpoint, !chosen.isEmpty else { return text + "no file was scored by both runs\n" }
        text += "by class: \(checkpoint)"
        let names = checkpoints.filter { $0 != checkpoint }
        text += names.isEmpty ? "\n" : " (others: --checkpoint \(names.joined(separator: " | ")))\n"
        var table = Table([
            .init("result", shrinks: true), .init("class"), .init("metric"), .init("files", .right),
            .init("first", .right), .init("second", .right), .init("diff", .right),
            .init("95% interval", .right), .init("files better", .right), .init("runs"),
        ])
        for row in chosen + others {
            let difference = row.difference
            table.add([
                ScoreTable.title(row.checkpoint), row.condition, row.metric, String(difference.files),
                NumberText.fixed(difference.first, decimals: 3),
                NumberText.fixed(difference.second, decimals: 3),
                NumberText.difference(difference.mean, decimals: 3), Self.text(of: difference.interval),
                difference.shareBetter.map { String(format: "%.0f%%", $0 * 100) } ?? "-",
                "\(self.names[0]) -> \(self.names[row.other])",
            ])
        }
        text += table.rendered(width: width, color: color)
        text += "paired by file; single checkpoints: not evidence about training again\n"
        return text
    }

    private static func text(of interval: ClosedRange<Double>?) -> String {
        guard let interval else { return "-" }
        let low = NumberText.difference(interval.lowerBound, decimals: 3)
        return "[\(low), \(NumberText.difference(interval.upperBound, decimals: 3))]"
    }
}
