import ArgumentParser
import Audio
import Experiments
import Foundation
import StrictJSON
import Tensor
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
        help: ArgumentHelp(
            "Also draw it into an SVG file (effects and runs, or the search by trial and parameter) or a PNG file "
                + "(values with intervals alone).", valueName: "file"))
    var plot: String?
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if md, output.json { throw ValidationError("give --md or --json, not both") }
        if let plot, !["png", "svg"].contains(URL(fileURLWithPath: plot).pathExtension.lowercased()) {
            throw ValidationError("--plot \(plot): give the name of an SVG or PNG file, such as effects.svg")
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
        guard !report.ranking.isEmpty else {
            throw ExperimentError.notFound("\(report.sweep.address) has no finished trial to draw yet")
        }
        if path.lowercased().hasSuffix(".svg") {
            let drawing =
                report.ablation.map { AblationGraphic(report: report, table: $0).document() }
                ?? SearchGraphic(report).document()
            try AtomicFile.write(Array(drawing.utf8), to: path)
        } else {
            try drawPicture(report, to: path)
        }
        Terminal.note("drawn: \(path)\n")
    }

    private func drawPicture(_ report: SweepReport, to path: String) throws {
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
        try IntervalPicture().write(rows, title: title, to: URL(fileURLWithPath: path))
    }
}
