import Comparison
import Foundation
import StrictJSON

/// A chart of curves as SVG, with the figures beside it that the page's script shows under the pointer.
struct CurveGraphic {
    let chart: ComparisonCurves.Chart

    private static let width = 900.0
    private static let height = 300.0
    private static let left = 64.0
    private static let right = 12.0
    private static let top = 12.0
    private static let bottom = 34.0

    private struct Place {
        var step, mean, low, high: Double
        var count: Int
    }

    private func places(_ line: ComparisonCurves.Line) -> [Place] {
        if let band = line.band {
            return band.places.map {
                let half = $0.halfWidth ?? 0
                return Place(
                    step: $0.step, mean: $0.mean, low: $0.mean - half, high: $0.mean + half,
                    count: $0.count)
            }
        }
        return (line.curve?.places ?? []).map {
            Place(step: $0.step, mean: $0.mean, low: $0.low, high: $0.high, count: 1)
        }
    }

    /// The figure element; empty where nothing is finite.
    func page() -> String {
        let lines = chart.lines.map(places)
        let finite = lines.flatMap { $0 }.filter { $0.mean.isFinite && $0.low.isFinite && $0.high.isFinite }
        guard let first = finite.map(\.step).min(), let last = finite.map(\.step).max(),
            let low = finite.map(\.low).min(), let high = finite.map(\.high).max()
        else { return "" }
        let padding = high > low ? 0.04 * (high - low) : max(abs(high), 1) * 0.1
        let (bottom, top) = (low - padding, high + padding)
        func x(_ step: Double) -> Double {
            let share = last > first ? (step - first) / (last - first) : 0.5
            return Self.left + share * (Self.width - Self.left - Self.right)
        }
        func y(_ value: Double) -> Double {
            Self.top + (top - value) / (top - bottom) * (Self.height - Self.top - Self.bottom)
        }
        var drawing = axes(first, last, bottom, top, x, y)
        for (index, line) in lines.enumerated() {
            drawing += self.drawing(line, colour: index % 6, isBand: chart.lines[index].band != nil, x, y)
        }
        let unit = chart.unit.isEmpty ? "" : " [\(PageText.escaped(chart.unit))]"
        let name = PageText.escaped(chart.metric)
        return """
            <figure class="curve">
            <figcaption><b>\(name)</b>\(unit) \(legend)</figcaption>
            <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" aria-label="\(name) by step">\(drawing)
            <line class="cursor" y1="\(Int(Self.top))" y2="\(Int(Self.height - Self.bottom))" visibility="hidden"/></svg>
            <div class="tip" hidden></div>
            <script type="application/json">\(data(lines, first, last, bottom, top))</script>
            </figure>

            """
    }

    private var legend: String {
        chart.lines.enumerated().map { index, line in
            "<span class=\"key c\(index % 6)\">\(PageText.escaped(line.name))</span>"
        }.joined(separator: " ")
            + (chart.lines.contains { $0.band != nil }
                ? " <span class=\"quiet\">band: Student's 95 % over seeds</span>" : "")
    }

    private func drawing(
        _ line: [Place], colour: Int, isBand: Bool, _ x: (Double) -> Double, _ y: (Double) -> Double
    ) -> String {
        func point(_ step: Double, _ value: Double) -> String {
            "\(PageText.coordinate(x(step))),\(PageText.coordinate(y(value)))"
        }
        var text = ""
        // A value that is not finite leaves a gap.
        for part in line.split(whereSeparator: { !$0.mean.isFinite }) {
            if part.contains(where: { $0.low < $0.high }) {
                let upper = part.map { point($0.step, $0.high) }
                let lower = part.reversed().map { point($0.step, $0.low) }
                text +=
                    "<polygon class=\"area c\(colour)\" points=\"\((upper + lower).joined(separator: " "))\"/>"
            }
            if part.count == 1, let only = part.first {
                let (column, row) = (PageText.coordinate(x(only.step)), PageText.coordinate(y(only.mean)))
                text += "<circle class=\"dot c\(colour)\" cx=\"\(column)\" cy=\"\(row)\" r=\"3\"/>"
            } else {
                let points = part.map { point($0.step, $0.mean) }.joined(separator: " ")
                text += "<polyline class=\"line c\(colour)\" points=\"\(points)\"/>"
            }
        }
        return text
    }

    // MARK: Axes

    private func axes(
        _ first: Double, _ last: Double, _ bottom: Double, _ top: Double, _ x: (Double) -> Double,
        _ y: (Double) -> Double
    ) -> String {
        var text = ""
        let heights = Self.ticks(bottom, top, most: 6)
        for (value, label) in zip(heights, Self.labels(heights)) {
            let row = PageText.coordinate(y(value))
            text +=
                "<line class=\"grid\" x1=\"\(Self.left)\" x2=\"\(Self.width - Self.right)\" y1=\"\(row)\" y2=\"\(row)\"/>"
                + "<text class=\"tick\" x=\"\(Self.left - 8)\" y=\"\(row)\" dy=\"4\" text-anchor=\"end\">"
                + "\(label)</text>"
        }
        let steps = Self.ticks(first, last, most: 9).filter { $0 == $0.rounded() }
        for (value, label) in zip(steps, Self.labels(steps)) {
            let column = PageText.coordinate(x(value))
            text +=
                "<text class=\"tick\" x=\"\(column)\" y=\"\(Self.height - Self.bottom + 16)\" text-anchor=\"middle\">"
                + "\(label)</text>"
        }
        return text + "<text class=\"tick\" x=\"\((Self.left + Self.width - Self.right) / 2)\" "
            + "y=\"\(Self.height - 3)\" text-anchor=\"middle\">step</text>"
    }

    /// Multiples of 1, 2 or 5 times a power of ten within a range.
    static func ticks(_ low: Double, _ high: Double, most: Int) -> [Double] {
        guard high > low, (high - low).isFinite else { return [low] }
        var step = pow(10, floor(log10((high - low) / Double(most))))
        for factor in [1.0, 2, 5, 10] where (high - low) / (step * factor) <= Double(most) {
            step *= factor
            break
        }
        let first = (low / step).rounded(.up)
        let count = Int(((high / step).rounded(.down) - first).rounded())
        return count < 0 ? [] : (0...count).map { (first + Double($0)) * step }
    }

    /// Short texts where these differ, else longer ones.
    private static func labels(_ values: [Double]) -> [String] {
        let texts = values.map(label)
        return Set(texts).count == texts.count ? texts : NumberText.axis(values)
    }

    /// The text of a tick.
    static func label(_ value: Double) -> String {
        if value == 0 { return "0" }
        if abs(value) >= 1e6 || abs(value) < 1e-4 { return String(format: "%.3g", value) }
        return String(format: "%.6g", value)
    }

    private func data(
        _ lines: [[Place]], _ first: Double, _ last: Double, _ bottom: Double, _ top: Double
    ) -> String {
        func numbers(_ values: [Double]) -> JSONValue {
            // Six digits are more than a pixel; the page stays small.
            .array(values.map { $0.isFinite ? .number(Double(String(format: "%.6g", $0)) ?? $0) : .null })
        }
        return PageText.script(
            .object([
                "frame": numbers([
                    Self.left, Self.width - Self.right, Self.top, Self.height - Self.bottom, first, last,
                    bottom, top,
                ]),
                "lines": .array(
                    zip(chart.lines, lines).map { line, places in
                        .object([
                            "name": .string(line.name), "band": JSONValue(line.band != nil),
                            "x": .array(places.map { .number($0.step) }),
                            "y": numbers(places.map(\.mean)), "low": numbers(places.map(\.low)),
                            "high": numbers(places.map(\.high)),
                            "n": JSONValue(places.map(\.count)),
                        ])
                    }),
            ]))
    }
}
