import Foundation

extension Progress {
    /// One line that says how far the work is.
    struct Line {
        var label: String
        var done: Int
        /// 0 when unknown.
        var total: Int
        var unit: String
        /// Seconds since this work began.
        var elapsed: TimeInterval
        /// Units done before that.
        var doneBefore: Int
        /// How many seconds ago how many units were done: the speed is measured from there. Nil: from the beginning.
        var since: (seconds: TimeInterval, done: Int)?
        var details: [Detail] = []

        /// - Parameters:
        ///   - bar: whether to draw a bar, and what is for terminals alone.
        ///   - width: the columns there are; nil for any number.
        func text(bar: Bool, width: Int?) -> String {
            var hasBar = bar && total > 0
            var parts = pace + details.filter { bar || !$0.isForTerminal }
            func joined() -> String { ([head(bar: hasBar)] + parts.map(\.text)).joined(separator: "  ") }
            guard let width else { return joined() }
            while TextWidth.of(joined()) > width {
                let worst = parts.map(\.rank).max() ?? 0
                if hasBar, worst < Self.rankOfBar {
                    hasBar = false
                } else if worst > 0, let index = parts.lastIndex(where: { $0.rank == worst }) {
                    parts.remove(at: index)
                } else {
                    break
                }
            }
            return TextWidth.cut(joined(), to: width)
        }

        private static let rankOfBar = 3

        private func head(bar: Bool) -> String {
            guard total > 0 else { return "\(label) \(done) \(unit)" }
            let share = min(1, max(0, Double(done) / Double(total)))
            let count = String(format: "%3d%% %d/%d ", Int(share * 100), done, total) + unit
            guard bar else { return "\(label) \(count)" }
            let cells = Int(share * 20)
            let drawn = String(repeating: "#", count: cells) + String(repeating: "-", count: 20 - cells)
            return "\(label) [\(drawn)] \(count)"
        }

        /// Speed and the time that is left.
        private var pace: [Detail] {
            let isOver = total > 0 && done >= total
            let whole = (seconds: elapsed, done: doneBefore)
            let from = isOver ? whole : since ?? whole
            var rate = from.seconds > 0 ? Double(done - from.done) / from.seconds : 0
            if rate <= 0, elapsed > 0 { rate = Double(done - doneBefore) / elapsed }
            guard rate > 0 else { return [] }
            let speed = Detail(rank: 2, text: "\(NumberText.value(rate)) \(unit)/s")
            if isOver { return [speed, Detail(rank: 1, text: "in \(NumberText.duration(elapsed))")] }
            guard total > 0 else { return [speed] }
            let left = NumberText.duration(Double(total - done) / rate)
            return [speed, Detail(rank: 1, text: "eta \(left)")]
        }
    }
}
