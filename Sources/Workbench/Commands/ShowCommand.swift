import ArgumentParser
import Foundation
import Tracking

/// `workbench show`: everything that is known about one run.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a run: state, note, configuration, metrics, test scores, files, attempts, events.")

    @Argument(
        help: ArgumentHelp("The run: run12, last, best:val/loss, a name, ...", valueName: "run"),
        completion: .runs)
    var address: String

    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let workspace = try workspaceOptions.openReadOnly()
        let report = try RunReport(workspace.run(address), in: workspace)
        if output.json {
            JSONOutput.write(report.members)
        } else {
            let width = Terminal.outputIsTerminal ? Terminal.width : nil
            Terminal.write(report.rendered(width: width, color: Terminal.usesColor))
        }
    }
}
