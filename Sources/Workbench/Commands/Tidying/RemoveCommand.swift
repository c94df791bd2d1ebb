import ArgumentParser
import Tracking

/// `workbench rm`: puts runs aside.
struct RemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Archive runs: lists hide them, restore brings them back, gc removes them.",
        discussion:
            "Nothing is deleted. Pinned runs (exit 7) and runs that are going on (exit 5) are refused.")
    @OptionGroup var runs: RunsOptions
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let workspace = try workspaceOptions.openExisting()
        let archived = try workspace.archive(runs.resolve(in: workspace))
        if archived.isEmpty, !output.json {
            Terminal.note("archived already\n")
        } else {
            output.report("archived", archived, note: "archived: ")
        }
    }
}

/// `workbench restore`: takes archived runs back.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Take archived runs back into the lists.")
    @OptionGroup var runs: RunsOptions
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let workspace = try workspaceOptions.openExisting()
        let restored = try workspace.restore(runs.resolve(in: workspace, includingArchived: true))
        if restored.isEmpty, !output.json {
            Terminal.note("none of these was archived\n")
        } else {
            output.report("restored", restored, note: "restored: ")
        }
    }
}
