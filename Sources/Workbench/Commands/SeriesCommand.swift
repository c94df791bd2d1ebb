import ArgumentParser
import Foundation
import StrictJSON
import Tracking

/// `workbench series`: every value of one metric, as a curve or as data.
struct SeriesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "series", abstract: "Draw one metric of a run, or print its points.",
        discussion: """
            --json and --csv print every point. With --points N they print at most N pieces, each with the extremes of \
            its points, so that no spike is lost. A curve of many points is drawn in the same way.
            """)

    @Argument(
        help: ArgumentHelp("The run: run12, last, best:val/loss, a name, ...", valueName: "run"),
        completion: .runs)
    var address: String

    @Argument(help: "The metric, such as train/loss.", completion: .metrics)
    var metric: String

    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Print the points as CSV: step,value.")
    var csv = false
    @Option(help: ArgumentHelp("Sum up the points in at most so many pieces.", valueName: "n"))
    var points: Int?

    func validate() throws {
        if csv && output.json { throw ValidationError("give --json or --csv, not both") }
        if let points, points < 1 { throw ValidationError("--points \(points): give a number of 1 or more") }
    }

    func run() throws {
        let workspace = try workspaceOptions.openReadOnly()
        let run = try workspace.run(address)
        if let points {
            let summary = try summary(of: run, in: workspace)
            let pieces = try workspace.curve(of: run.id, metric: metric, pieces: points)
            if output.json {
                Terminal.write(Self.json(run, summary, pieces))
            } else if csv {
                Terminal.write(Self.csv(pieces))
            } else {
                Terminal.write(Self.chart(run, summary, pieces))
            }
            return
        }
        if !output.json, !csv {
            let summary = try summary(of: run, in: workspace)
            // More points than dots: the rollups hold all that can be seen.
            if summary.count + summary.nonFiniteCount > 8 * Self.chartWidth {
                let pieces = try workspace.curve(of: run.id, metric: metric, pieces: 2 * Self.chartWidth)
                Terminal.write(Self.chart(run, summary, pieces))
                return
            }
        }
        let series = try workspace.series(of: run.id, metric: metric)
        if output.json {
            Terminal.write(Self.json(run, series))
        } else if csv {
            Terminal.write(Self.csv(series))
        } else {
            Terminal.write(Self.chart(run, series))
        }
    }

    private static var chartWidth: Int { min(Terminal.width, 110) }

    private func summary(of run: Run, in workspace: Workspace) throws -> MetricSummary {
        let summaries = try workspace.summaries(of: run.id)
        if let summary = summaries.first(where: { $0.metric == metric }) { return summary }
        let known = summaries.map(\.metric)
        throw TrackingError.unknownMetric(
            name: metric, run: run.address,
            nearest: nearestName(to: metric, among: known).map { [$0] } ?? known)
    }

    // MARK: All points

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
        "step,value\n" + series.points.map { "\($0.step),\(CSV.number($0.value))\n" }.joined()
    }

    static func chart(_ run: Run, _ series: Series) -> String {
        Curve(
            lines: [.init(name: series.metric, points: series.points.map { (Double($0.step), $0.value) })],
            title: title(run, series.metric, series.unit, count: series.points.count),
            width: chartWidth, usesColor: Terminal.usesColor
        ).rendered()
    }

    private static func title(_ run: Run, _ metric: String, _ unit: String, count: Int) -> String {
        "\(run.address)  \(metric)\(unit.isEmpty ? "" : " [\(unit)]")  \(count) points"
    }

    // MARK: Pieces

    static func json(_ run: Run, _ summary: MetricSummary, _ pieces: [Rollup]) -> String {
        JSONOutput.text([
            "run": .string(run.address), "metric": .string(summary.metric), "unit": .string(summary.unit),
            "goal": .string(summary.goal.rawValue),
            "pieces": .array(
                pieces.map { piece in
                    [
                        "first_step": .integer(piece.firstStep), "last_step": .integer(piece.lastStep),
                        "count": .integer(piece.count), "non_finite_count": .integer(piece.nonFiniteCount),
                        "min": .number(piece.minimum), "max": .number(piece.maximum),
                        "mean": .number(piece.mean), "last": .number(piece.last),
                    ]
                }),
        ])
    }

    static func csv(_ pieces: [Rollup]) -> String {
        "first_step,last_step,count,non_finite_count,min,max,mean,last\n"
            + pieces.map { piece in
                let numbers = [piece.minimum, piece.maximum, piece.mean, piece.last].map(CSV.number)
                return "\(piece.firstStep),\(piece.lastStep),\(piece.count),\(piece.nonFiniteCount),"
                    + numbers.joined(separator: ",") + "\n"
            }.joined()
    }

    static func chart(_ run: Run, _ summary: MetricSummary, _ pieces: [Rollup]) -> String {
        let points = pieces.flatMap { piece -> [(x: Double, y: Double)] in
            let x = Double(piece.firstStep) / 2 + Double(piece.lastStep) / 2
            return piece.minimum == piece.maximum
                ? [(x, piece.last)] : [(x, piece.minimum), (x, piece.maximum)]
        }
        let chart = Curve(
            lines: [.init(name: summary.metric, points: points)],
            title: title(run, summary.metric, summary.unit, count: summary.count + summary.nonFiniteCount),
            width: chartWidth, usesColor: Terminal.usesColor
        ).rendered()
        return chart
            + "  each column shows the range of its points"
            + (summary.nonFiniteCount > 0 ? "; \(summary.nonFiniteCount) values are not finite\n" : "\n")
    }
}
