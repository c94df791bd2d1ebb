import ArgumentParser
import Foundation
import StrictJSON
import Tracking

/// `workbench ls`: the runs of a workspace, one a line.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the runs of a workspace.")

    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    @Option(name: [.customShort("n"), .long], help: "Show only the latest so many runs.")
    var limit: Int?

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit \(limit): give a number of 1 or more") }
    }

    func run() throws {
        let workspace = try workspaceOptions.openReadOnly()
        let runs = try workspace.runs(limit: limit)
        let bests = try runs.map { try MainMetric.best(of: $0, in: workspace) }
        if output.json {
            JSONOutput.write(["runs": .array(zip(runs, bests).map(Self.object))])
            return
        }
        if runs.isEmpty {
            Terminal.note("no runs yet in \(workspace.directory.path)\n")
            return
        }
        Terminal.write(
            Self.table(runs, bests).rendered(
                width: Terminal.outputIsTerminal ? Terminal.width : nil, color: Terminal.usesColor))
    }

    static func table(_ runs: [Run], _ bests: [MainMetric.Best?]) -> Table {
        var table = Table([
            .init("run"), .init("name", shrinks: true), .init("status"), .init("seed", .right),
            .init("last_step", .right), .init("best", .right), .init("metric", shrinks: true),
            .init("duration", .right), .init("started"),
        ])
        for (run, best) in zip(runs, bests) {
            table.add([
                .init(run.address), .init(run.name ?? ""), .init(run.status.rawValue, run.status.style),
                .init(String(run.seed)), .init(run.lastStep.map { String($0) } ?? "-"),
                .init(NumberText.value(best?.value)), .init(best?.metric ?? ""),
                .init(NumberText.duration(run.duration())), .init(NumberText.time(run.started)),
            ])
        }
        return table
    }

    private static func object(_ run: Run, _ best: MainMetric.Best?) -> JSONValue {
        var members = JSONOutput.members(of: run)
        members["best_metric"] = JSONValue(best?.metric)
        members["best_value"] = JSONValue(best?.value)
        members["best_step"] = JSONValue(best?.step)
        return .object(members)
    }
}

extension RunStatus {
    /// The colour that shows a status.
    var style: TextStyle {
        switch self {
        case .finished: .green
        case .running, .queued: .cyan
        case .failed, .crashed: .red
        case .killed, .pruned, .stalled: .yellow
        }
    }
}
