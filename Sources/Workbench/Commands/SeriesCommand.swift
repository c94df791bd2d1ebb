import ArgumentParser
import Foundation
import StrictJSON
import Tracking

/// `workbench series`: every value of one metric, as a curve or as data.
struct SeriesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "series", abstract: "Draw one metric of a run, or print all its points.")

    @Argument(help: ArgumentHelp("The run: run12, 12, last, or its name.", valueName: "run"))
    var address: String

    @Argument(help: "The metric, such as train/loss.")
    var metric: String

    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Print the points as CSV: step,value.")
    var csv = false

    func validate() throws {
        if csv && output.json { throw ValidationError("give --json or --csv, not both") }
    }

    func run() throws {
        let workspace = try workspaceOptions.openReadOnly()
        let run = try workspace.run(address)
        let series = try workspace.series(of: run.id, metric: metric)
        if output.json {
            Terminal.write(Self.json(run, series))
        } else if csv {
            Terminal.write(Self.csv(series))
        } else {
            Terminal.write(Self.chart(run, series))
        }
    }

    static func json(_ run: Run, _ series: Series) -> String {
        let points = series.points.map { point in
            JSONValue.object(["step": JSONValue(point.step), "value": .number(point.value)])
        }
        return JSONOutput.text([
            "run": .string(run.address), "metric": .string(series.metric), "unit": .string(series.unit),
            "goal": .string(series.goal.rawValue), "points": .array(points),
        ])
    }

    static func csv(_ series: Series) -> String {
        var text = "step,value\n"
        for point in series.points {
            let value = point.value
            let number = value.isNaN ? "nan" : value.isInfinite ? (value > 0 ? "inf" : "-inf") : "\(value)"
            text += "\(point.step),\(number)\n"
        }
        return text
    }

    static func chart(_ run: Run, _ series: Series) -> String {
        let unit = series.unit.isEmpty ? "" : " [\(series.unit)]"
        return Curve(
            lines: [.init(name: series.metric, points: series.points.map { (Double($0.step), $0.value) })],
            title: "\(run.address)  \(series.metric)\(unit)  \(series.points.count) points",
            width: min(Terminal.width, 110), usesColor: Terminal.usesColor
        ).rendered()
    }
}
