import ArgumentParser
import Audio
import Experiments
import Foundation
import StrictJSON
import Tracking

/// `workbench sweep table`.
struct SweepTableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "table",
        abstract: "What a sweep has come to: effects of an ablation, or the best trials.")

    @OptionGroup var address: SweepAddress
    @Option(
        help: ArgumentHelp(
            "Judge by another metric: a logged one (its last value), or test/NAME.", valueName: "name"))
    var metric: String?
    @Flag(help: "Print Markdown.")
    var md = false
    @Option(
        help: ArgumentHelp("Also draw the effects with their intervals into a PNG file.", valueName: "file"))
    var plot: String?
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if md, output.json { throw ValidationError("give --md or --json, not both") }
        if let plot, !plot.lowercased().hasSuffix(".png") {
            throw ValidationError("--plot \(plot): give the name of a PNG file, such as effects.png")
        }
    }

    func run() throws {
        let workspace = try workspaceOptions.openReadOnly()
        let report = try SweepReport(workspace.sweep(address.sweep), in: workspace, metric: metric)
        if let plot { try draw(report, to: plot) }
        if output.json {
            JSONOutput.write(report.json)
        } else if md {
            Terminal.write(SweepReport.markdown(report.result))
        } else {
            Terminal.write(
                SweepReport.text(
                    report.result, width: Terminal.outputIsTerminal ? Terminal.width : nil,
                    color: Terminal.usesColor))
        }
    }

    private func draw(_ report: SweepReport, to path: String) throws {
        let rows: [IntervalPicture.Row]
        let title: String
        if let ablation = report.ablation {
            title = "effect on \(report.objective.metric)"
            rows = ablation.effects.map { effect in
                let isShown = effect.adjustedP.map { $0 <= AblationTable.level } ?? false
                return IntervalPicture.Row(
                    "without \(effect.factor)", effect.mean,
                    effect.mean.flatMap { mean in effect.halfWidth.map { (mean - $0)...(mean + $0) } },
                    colour: isShown ? Colour(170, 60, 60) : Colour(60, 110, 170))
            }
        } else {
            title = report.objective.metric
            rows = report.ranking.prefix(40).map { summary in
                IntervalPicture.Row(
                    summary.assignment.text, summary.mean,
                    summary.mean.flatMap { mean in summary.halfWidth.map { (mean - $0)...(mean + $0) } })
            }
        }
        guard !rows.isEmpty else {
            throw ExperimentError.notFound("\(report.sweep.address) has no finished trial to draw yet")
        }
        try IntervalPicture().write(rows, title: title, to: URL(fileURLWithPath: path))
        Terminal.note("drawn: \(path)\n")
    }
}
