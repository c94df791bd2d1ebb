import Comparison

/// The differences of the test scores with their intervals, one row a metric, better to the right.
///
/// Metrics have different units, so each row has a scale of its own: what can be read is whether an interval
/// reaches over zero, and how wide it is beside its difference.
struct DifferenceGraphic {
    struct Row {
        var name: String
        var difference: Double
        var interval: ClosedRange<Double>
        /// -1 where smaller is better, so that better is always right.
        var sign: Double
        var text: String
        /// Whether the adjusted p calls it more than chance.
        var isShown: Bool
    }

    let rows: [Row]

    init(_ comparison: RunComparison) {
        func row(
            _ metric: String, _ other: Int, _ goal: Direction, _ difference: Double,
            _ interval: ClosedRange<Double>?, _ p: Double?
        ) -> Row? {
            guard let interval, goal != .none else { return nil }
            let side = comparison.sides[other]
            let against = comparison.sides.count > 2 ? "\(side.isGroup ? side.label : side.title) " : ""
            return Row(
                name: against + metric, difference: difference, interval: interval,
                sign: goal == .max ? 1 : -1,
                text: NumberText.difference(difference, decimals: 3) + " "
                    + ComparisonText.interval(interval, decimals: 3),
                isShown: p.map { $0 <= SeedComparison.level } ?? false)
        }
        if comparison.pairing == .files {
            rows = comparison.files.filter {
                $0.checkpoint == comparison.checkpoint && $0.isWhole
            }.compactMap {
                row("test/" + $0.metric, $0.other, $0.goal, $0.difference, $0.interval, $0.adjusted)
            }
        } else {
            rows = comparison.seeds.compactMap {
                row(
                    $0.metric, $0.other, $0.goal, $0.difference, $0.crossed?.interval ?? $0.interval,
                    $0.adjusted)
            }
        }
    }

    /// The figure element; empty without rows.
    func page() -> String {
        if rows.isEmpty { return "" }
        let (left, width, step) = (190.0, 460.0, 26.0)
        let middle = left + width / 2
        let height = Double(rows.count) * step + 30
        var drawing =
            "<line class=\"zero\" x1=\"\(middle)\" x2=\"\(middle)\" y1=\"20\" y2=\"\(height - 6)\"/>"
            + "<text class=\"tick\" x=\"\(left)\" y=\"13\">worse</text>"
            + "<text class=\"tick\" x=\"\(left + width)\" y=\"13\" text-anchor=\"end\">better</text>"
        for (index, row) in rows.enumerated() {
            let y = 36 + Double(index) * step
            let ends = [row.interval.lowerBound * row.sign, row.interval.upperBound * row.sign].sorted()
            let scale = max(abs(ends[0]), abs(ends[1]), 1e-12)
            func x(_ value: Double) -> String { PageText.coordinate(middle + value / scale * width * 0.46) }
            let style = !row.isShown ? "unclear" : row.difference * row.sign > 0 ? "better" : "worse"
            drawing +=
                "<text class=\"name\" x=\"\(left - 12)\" y=\"\(y + 4)\" text-anchor=\"end\">"
                + "\(PageText.escaped(row.name))</text>"
                + "<line class=\"span \(style)\" x1=\"\(x(ends[0]))\" x2=\"\(x(ends[1]))\" y1=\"\(y)\" y2=\"\(y)\"/>"
                + "<circle class=\"mark \(style)\" cx=\"\(x(row.difference * row.sign))\" cy=\"\(y)\" r=\"4.5\"/>"
                + "<text class=\"tick\" x=\"\(left + width + 12)\" y=\"\(y + 4)\">\(PageText.escaped(row.text))</text>"
        }
        return "<figure class=\"differences\"><svg viewBox=\"0 0 900 \(Int(height))\" role=\"img\" "
            + "aria-label=\"differences with intervals\">\(drawing)</svg><figcaption class=\"quiet\">"
            + "difference with its 95 % interval, each row on its own scale; coloured where the adjusted p is at most 0.05</figcaption></figure>\n"
    }
}
