import ArgumentParser
import Tracking

/// `workbench pin`: protects runs.
struct PinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pin", abstract: "Protect runs from rm and gc.")
    @OptionGroup var runs: RunsOptions
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let workspace = try workspaceOptions.openExisting()
        let runs = try runs.resolve(in: workspace, includingArchived: true)
        for run in runs { try workspace.setPinned(run: run.id, true) }
        output.report("pinned", runs, note: "pinned: ")
    }
}

/// `workbench unpin`: takes the protection away.
struct UnpinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpin", abstract: "Take the protection of pin away.")
    @OptionGroup var runs: RunsOptions
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let workspace = try workspaceOptions.openExisting()
        let runs = try runs.resolve(in: workspace, includingArchived: true)
        for run in runs { try workspace.setPinned(run: run.id, false) }
        output.report("unpinned", runs, note: "no longer pinned: ")
    }
}
