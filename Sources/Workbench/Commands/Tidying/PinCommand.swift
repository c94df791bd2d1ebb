import ArgumentParser
import Tracking

/// `workbench pin`: protects runs.
struct PinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pin", abstract: "Protect runs from rm and gc.")
    @OptionGroup var change: PinOptions

    func run() throws { try change.set(true, key: "pinned", note: "pinned: ") }
}

/// `workbench unpin`: takes the protection away.
struct UnpinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpin", abstract: "Take the protection of pin away.")
    @OptionGroup var change: PinOptions

    func run() throws { try change.set(false, key: "unpinned", note: "no longer pinned: ") }
}

/// What both commands take, and do.
struct PinOptions: ParsableArguments {
    @OptionGroup var runs: RunsOptions
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func set(_ isPinned: Bool, key: String, note: String) throws {
        let workspace = try workspaceOptions.openExisting()
        let runs = try runs.resolve(in: workspace, includingArchived: true)
        for run in runs { try workspace.setPinned(run: run.id, isPinned) }
        output.report(key, runs, note: note)
    }
}
