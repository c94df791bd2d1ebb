import Experiments

/// An ablation as a picture: the effect of each factor with its interval, and every run of every configuration.
struct AblationGraphic {
    private static let left = 190.0
    private static let right = 600.0
    private static let step = 26.0

    let report: SweepReport
    let table: AblationTable

    func document() -> String {
        var canvas = SVGCanvas(width: 960)
        canvas.text((20, canvas.extend(by: 40) + 26), report.title, "title", limit: 120)
        drawEffects(on: &canvas)
        drawConfigurations(on: &canvas)
        _ = canvas.extend(by: 12)
        return canvas.document(title: report.title)
    }

    private func drawEffects(on canvas: inout SVGCanvas) {
        let intervals = table.effects.map { effect in
            effect.mean.map { mean in (mean - (effect.halfWidth ?? 0))...(mean + (effect.halfWidth ?? 0)) }
        }
        let ends = intervals.compactMap { $0 }.flatMap { [$0.lowerBound, $0.upperBound] }
        let axis = PlotAxis(ends + [0], pixels: (Self.left, Self.right))
        let top = canvas.extend(by: Self.step * Double(table.effects.count) + 72)
        let bottom = top + 16 + Self.step * Double(table.effects.count)
        canvas.text((Self.left, top + 8), "effect on \(report.objective.metric) of switching it off", "")
        draw(axis, on: &canvas, from: top + 16, to: bottom)
        canvas.line((axis.place(0), top + 16), (axis.place(0), bottom), "zero")
        for (index, effect) in table.effects.enumerated() {
            let y = top + 16 + Self.step * (Double(index) + 0.5)
            canvas.text((Self.left - 12, y + 4), "without \(effect.factor)", "name", .end, limit: 26)
            guard let mean = effect.mean, let interval = intervals[index] else {
                canvas.text((Self.right + 14, y + 4), "no seed has all its runs", "")
                continue
            }
            let isShown = effect.adjustedP.map { $0 <= AblationTable.level } ?? false
            let style = !isShown ? "unclear" : report.objective.goal.prefers(0, to: mean) ? "worse" : "better"
            canvas.line(
                (axis.place(interval.lowerBound), y), (axis.place(interval.upperBound), y), "span \(style)")
            canvas.dot((axis.place(mean), y), radius: 4.5, style)
            let range = effect.halfWidth == nil ? "" : " " + SweepReport.interval(interval)
            canvas.text(
                (Self.right + 14, y + 4),
                "\(NumberText.difference(mean))\(range), Holm p \(SweepReport.probability(effect.adjustedP)), "
                    + "n \(effect.seeds.count)", "")
        }
        canvas.text(
            (Self.left, bottom + 34),
            "paired by seed, with Student's 95 % interval; coloured where Holm's p is at most \(AblationTable.level)",
            "")
    }

    private func drawConfigurations(on canvas: inout SVGCanvas) {
        let rows = table.configurations
        let axis = PlotAxis(rows.flatMap { $0.values.values }, pixels: (Self.left, Self.right))
        let top = canvas.extend(by: Self.step * Double(rows.count) + 56)
        let bottom = top + 20 + Self.step * Double(rows.count)
        canvas.text((Self.left, top + 12), "\(report.objective.metric) of every run; the bar is the mean", "")
        draw(axis, on: &canvas, from: top + 20, to: bottom)
        for (index, row) in rows.enumerated() {
            let y = top + 20 + Self.step * (Double(index) + 0.5)
            canvas.text((Self.left - 12, y + 4), row.name ?? row.assignment.text, "name", .end, limit: 26)
            for (seed, value) in row.values.sorted(by: { $0.key < $1.key }) {
                canvas.dot((axis.place(value), y), "done", tip: "seed \(seed): \(NumberText.value(value))")
            }
            guard let mean = row.mean else { continue }
            canvas.line((axis.place(mean), y - 8), (axis.place(mean), y + 8), "mean")
            let minutes = row.minutes.map { ", \(NumberText.fixed($0)) min a run" } ?? ""
            canvas.text(
                (Self.right + 14, y + 4), "mean \(NumberText.value(mean)), n \(row.values.count)\(minutes)",
                "")
        }
    }

    private func draw(_ axis: PlotAxis, on canvas: inout SVGCanvas, from top: Double, to bottom: Double) {
        for tick in axis.ticks(most: 7) {
            let x = axis.place(tick.value)
            canvas.line((x, top), (x, bottom), "grid")
            canvas.text((x, bottom + 15), tick.label, "", .middle)
        }
        canvas.line((Self.left, bottom), (Self.right, bottom), "axis")
    }
}
