import Experiments
import Foundation
import StrictJSON
import Tracking

/// A search as a picture: the objective from trial to trial, over each parameter, and all parameters at once.
struct SearchGraphic {
    private static let left = 76.0
    private static let right = 936.0

    private let report: SweepReport
    /// The parameters that trials have, in the order of the file.
    private let parameters: [Parameter]
    private let values: PlotValues

    /// One parameter of the search.
    private struct Parameter {
        let name: String
        let isLogarithmic: Bool
        /// Texts of values without an order, most of them in the order of the file; nil for numbers.
        let names: [String]?

        /// Where a value lies on the axis: the number, or the index of its name.
        func number(_ value: JSONValue?) -> Double? {
            guard let value else { return nil }
            guard let names else { return value.doubleValue }
            return names.firstIndex(of: Self.text(value)).map(Double.init)
        }

        static func text(_ value: JSONValue) -> String { value.stringValue ?? value.compactText }
    }

    /// The trials that have a value.
    private struct PlotValues {
        let finished: [(entry: SweepReport.Entry, value: Double)]
        let pruned: [(entry: SweepReport.Entry, value: Double)]
        let failed: [SweepReport.Entry]

        init(_ report: SweepReport) {
            func valued(_ state: TrialState) -> [(SweepReport.Entry, Double)] {
                report.entries.filter { $0.trial.state == state }.compactMap { entry in
                    entry.value.map { (entry, $0) }
                }
            }
            finished = valued(.finished)
            pruned = valued(.pruned)
            failed = report.entries.filter { $0.trial.state == .failed }
        }
    }

    init(_ report: SweepReport) {
        self.report = report
        values = PlotValues(report)
        let domains = report.plan.space.domains
        parameters = domains.map { name, domain in
            let seen = report.entries.compactMap { $0.assignment[name] }
            let isNumber = seen.allSatisfy { $0.doubleValue != nil }
            var names: [String] = []
            for value in (isNumber ? [] : domain.extremes) + seen where !names.contains(Parameter.text(value))
            {
                names.append(Parameter.text(value))
            }
            return Parameter(name: name, isLogarithmic: domain.isLogarithmic, names: isNumber ? nil : names)
        }
    }

    func document() -> String {
        var canvas = SVGCanvas(width: 960)
        canvas.text((20, canvas.extend(by: 40) + 26), report.title, "title", limit: 120)
        drawHistory(on: &canvas)
        drawParameters(on: &canvas)
        drawWays(on: &canvas)
        _ = canvas.extend(by: 12)
        return canvas.document(title: report.title)
    }

    private func tip(_ entry: SweepReport.Entry, _ value: Double?) -> String {
        "trial \(entry.trial.number), seed \(entry.trial.seed): \(value.map { NumberText.value($0) } ?? "failed")\n"
            + entry.assignment.text
    }

    // MARK: From trial to trial

    private func drawHistory(on canvas: inout SVGCanvas) {
        let top = canvas.extend(by: 270)
        let (upper, lower) = (top + 24, top + 220)
        let x = PlotAxis(
            [0, Double(max(1, report.entries.count - 1))], pixels: (Self.left, Self.right))
        let y = PlotAxis(values.finished.map(\.value), pixels: (lower, upper))
        canvas.text(
            (Self.left, top + 12),
            "\(report.objective.metric) by trial; line: the best so far"
                + (values.pruned.isEmpty ? "" : "; hollow: pruned, at most on the edge")
                + (values.failed.isEmpty ? "" : "; cross: failed"), "")
        for tick in y.ticks(most: 6) {
            canvas.line((Self.left, y.place(tick.value)), (Self.right, y.place(tick.value)), "grid")
            canvas.text((Self.left - 8, y.place(tick.value) + 4), tick.label, "", .end)
        }
        for tick in x.ticks(most: 10) where tick.value == tick.value.rounded() && tick.value >= 0 {
            canvas.text((x.place(tick.value), lower + 17), tick.label, "", .middle)
        }
        canvas.line((Self.left, lower), (Self.right, lower), "axis")
        canvas.text(((Self.left + Self.right) / 2, lower + 34), "trial", "", .middle)
        for (entry, value) in values.pruned {
            canvas.dot(
                (x.place(Double(entry.trial.number)), y.place(value)), "pruned", tip: tip(entry, value))
        }
        for entry in values.failed {
            canvas.cross((x.place(Double(entry.trial.number)), lower - 6), "failed", tip: tip(entry, nil))
        }
        var best: Double?
        var line: [(Double, Double)] = []
        for (entry, value) in values.finished {
            let place = x.place(Double(entry.trial.number))
            canvas.dot((place, y.place(value)), "done", tip: tip(entry, value))
            if best.map({ report.objective.goal.prefers(value, to: $0) }) ?? true {
                if let last = line.last { line.append((place, last.1)) }
                best = value
                line.append((place, y.place(value)))
            }
        }
        if let last = line.last {
            line.append((x.place(Double(report.entries.count - 1)), last.1))
            canvas.polyline(line, "best")
        }
    }

    // MARK: Over each parameter

    private func drawParameters(on canvas: inout SVGCanvas) {
        let (columns, height) = (3, 210.0)
        let step = (Self.right - Self.left + 48) / Double(columns)
        for start in stride(from: 0, to: parameters.count, by: columns) {
            let top = canvas.extend(by: height)
            for (column, parameter) in parameters[start..<min(start + columns, parameters.count)].enumerated()
            {
                let left = Self.left + Double(column) * step
                draw(parameter, on: &canvas, from: (left, top), to: (left + step - 62, top + height))
            }
        }
    }

    private func draw(
        _ parameter: Parameter, on canvas: inout SVGCanvas, from corner: (Double, Double),
        to end: (Double, Double)
    ) {
        let (upper, lower) = (corner.1 + 24, end.1 - 34)
        let (x, ticks) = axis(of: parameter, pixels: (corner.0, end.0), most: 5)
        let y = PlotAxis(values.finished.map(\.value), pixels: (lower, upper))
        canvas.text((corner.0, corner.1 + 12), parameter.name, "name", limit: 34)
        for tick in y.ticks(most: 4) {
            canvas.line((corner.0, y.place(tick.value)), (end.0, y.place(tick.value)), "grid")
            canvas.text((corner.0 - 6, y.place(tick.value) + 4), tick.label, "", .end)
        }
        for tick in ticks { canvas.text((tick.place, lower + 16), tick.label, "", .middle, limit: 14) }
        canvas.line((corner.0, lower), (end.0, lower), "axis")
        let best = report.ranking.first?.hash
        for (entry, value) in values.pruned {
            guard let number = parameter.number(entry.assignment[parameter.name]) else { continue }
            canvas.dot((x.place(number), y.place(value)), "pruned", tip: tip(entry, value))
        }
        for (entry, value) in values.finished {
            guard let number = parameter.number(entry.assignment[parameter.name]) else { continue }
            canvas.dot(
                (x.place(number), y.place(value)), entry.trial.paramsHash == best ? "chosen" : "done",
                tip: tip(entry, value))
        }
    }

    private func axis(
        of parameter: Parameter, pixels: (Double, Double), most: Int
    ) -> (PlotAxis, ticks: [(place: Double, label: String)]) {
        if let names = parameter.names {
            let axis = PlotAxis([-0.5, Double(names.count) - 0.5], pixels: pixels)
            return (axis, names.enumerated().map { (axis.place(Double($0.offset)), $0.element) })
        }
        let seen = report.entries.compactMap { parameter.number($0.assignment[parameter.name]) }
        let axis = PlotAxis(seen, isLogarithmic: parameter.isLogarithmic, pixels: pixels)
        let distinct = Set(seen).sorted()
        // Few different numbers are shown as they are.
        let ticks =
            distinct.count <= most
            ? distinct.map { ($0, String(format: "%.4g", $0)) } : axis.ticks(most: most)
        return (axis, ticks.map { (axis.place($0.0), $0.1) })
    }

    // MARK: All at once

    /// Parallel coordinates: a line a configuration, the better the bluer; one that lacks a parameter passes below.
    private func drawWays(on canvas: inout SVGCanvas) {
        let ranked = report.ranking
        guard !parameters.isEmpty, !ranked.isEmpty else { return }
        let top = canvas.extend(by: 300)
        let (upper, lower) = (top + 48, top + 262)
        let columns = parameters.count + 1
        func x(_ column: Int) -> Double {
            Self.left + 30 + (Self.right - Self.left - 100) * Double(column) / Double(columns - 1)
        }
        canvas.text((Self.left, top + 12), "every configuration; the better, the bluer", "")
        var axes: [PlotAxis] = []
        for (column, parameter) in parameters.enumerated() {
            let (axis, ticks) = axis(of: parameter, pixels: (lower, upper), most: 6)
            axes.append(axis)
            frame(x(column), parameter.name, ticks)
        }
        let means = ranked.compactMap(\.mean)
        let objective = PlotAxis(means, pixels: (lower, upper))
        frame(
            x(columns - 1), report.objective.metric,
            objective.ticks(most: 6).map { (objective.place($0.value), $0.label) })
        // The best last, on top of the others; more than a few hundred lines are a grey field.
        for (place, summary) in ranked.enumerated().reversed() {
            guard let mean = summary.mean else { continue }
            var points: [(Double, Double)] = []
            for (column, parameter) in parameters.enumerated() {
                let number = parameter.number(summary.assignment[parameter.name])
                points.append((x(column), number.map(axes[column].place) ?? lower + 14))
            }
            points.append((x(columns - 1), objective.place(mean)))
            canvas.polyline(
                points, "way", colour: place == 0 ? "#c2570c" : Self.colour(place, of: ranked.count))
        }

        func frame(_ x: Double, _ name: String, _ ticks: [(place: Double, label: String)]) {
            canvas.line((x, upper), (x, lower), "axis")
            canvas.text((x, upper - 10), name, "name", .middle, limit: max(10, 110 / columns))
            for tick in ticks { canvas.text((x + 5, tick.place + 4), tick.label, "", limit: 12) }
        }
    }

    /// From blue for the best to grey for the last.
    private static func colour(_ place: Int, of count: Int) -> String {
        let share = count > 1 ? Double(place) / Double(count - 1) : 0
        let parts = zip([31.0, 95, 191], [214.0, 217, 221]).map {
            Int(($0 + ($1 - $0) * share.squareRoot()).rounded())
        }
        return "rgb(\(parts.map { "\($0)" }.joined(separator: ",")))"
    }
}
