import ArgumentParser
import Experiments
import StrictJSON
import Tracking

/// `workbench sweep status`.
struct SweepStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "List the sweeps of a workspace, or the trials of one.")

    @Argument(help: "A sweep: sweep3, 3, last, or its name. Without one, all are listed.")
    var sweep: String?
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let workspace = try workspaceOptions.openReadOnly()
        let width = Terminal.outputIsTerminal ? Terminal.width : nil
        if let sweep {
            let report = try SweepReport(workspace.sweep(sweep), in: workspace)
            if output.json {
                JSONOutput.write(report.json)
            } else {
                Terminal.write(SweepReport.text(report.status, width: width, color: Terminal.usesColor))
            }
            return
        }
        let reports = try workspace.sweeps().compactMap { sweep -> SweepReport? in
            do {
                return try SweepReport(sweep, in: workspace)
            } catch let error as JSONError {
                // A sweep of another version of the program must not hide the others.
                Terminal.note("\(sweep.address) \(sweep.name) cannot be shown: \(error)\n")
                return nil
            }
        }
        if output.json {
            JSONOutput.write(["sweeps": .array(reports.map { .object(Self.object($0)) })])
            return
        }
        if reports.isEmpty {
            Terminal.note("no sweeps yet in \(workspace.directory.path)\n")
            return
        }
        Terminal.write(Self.table(reports).rendered(width: width, color: Terminal.usesColor))
    }

    private static func table(_ reports: [SweepReport]) -> Table {
        var table = Table([
            .init("sweep"), .init("name", shrinks: true), .init("method"), .init("state"),
            .init("trials", .right), .init("over", .right), .init("failed", .right), .init("best", .right),
            .init("objective", shrinks: true), .init("started"),
        ])
        for report in reports {
            let over = report.entries.count { $0.trial.state.isOver }
            table.add([
                report.sweep.address, report.sweep.name, report.plan.spec.method.rawValue, report.state,
                "\(report.entries.count)", "\(over)", "\(report.count(.failed))",
                NumberText.value(report.ranking.first?.mean), report.objectiveText,
                NumberText.time(report.sweep.created),
            ])
        }
        return table
    }

    private static func object(_ report: SweepReport) -> JSONObject {
        var object = report.json
        object["trials"] = .integer(report.entries.count)
        object["configurations"] = nil
        object["ablation"] = nil
        return object
    }
}
