import ArgumentParser
import Experiments
import Foundation
import StrictJSON
import Tensor
import Tracking

/// `workbench sweep`: many runs of one experiment, and what they say together.
struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Run an experiment with many changes, and say what they are worth.",
        discussion: """
            `workbench sweep FILE` begins the sweep of a file, or goes on with it. docs/sweeps.md says what the file may \
            hold.

            Exit status: 0 all trials have come to their end or the budget is spent, 1 a trial failed, 2 wrong \
            arguments or file, 3 a file or sweep was not found, 75 paused.
            """,
        subcommands: [
            SweepRunCommand.self, SweepStatusCommand.self, SweepTableCommand.self, SweepPauseCommand.self,
            SweepResumeCommand.self, SweepRetryCommand.self, SweepStopCommand.self,
        ], defaultSubcommand: SweepRunCommand.self)
}

/// `workbench sweep FILE`.
struct SweepRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Begin the sweep of a file, or go on with it (the default).")

    @Argument(help: "The sweep, such as experiments/ablation.json.")
    var file: String
    @OptionGroup var options: SweepWorkOptions
    @Flag(help: "List every trial with an estimate of its time, and do nothing.")
    var preview = false
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let plan = try SweepPlan(contentsOf: file)
        options.computing.apply()
        if preview {
            try show(plan)
            return
        }
        // Before a workspace is made for it.
        _ = try plan.configurations()
        let workspace = try workspaceOptions.openOrCreate()
        let (session, isNew) = try SweepSession.enter(plan, in: workspace)
        if !options.quiet {
            Terminal.note("\(session.sweep.address): \(plan.spec.name)\(isNew ? "" : ", continued")\n")
        }
        try session.work(options, json: output.json)
    }

    private func show(_ plan: SweepPlan) throws {
        let workspace: Workspace?
        do {
            workspace = try workspaceOptions.openReadOnly()
        } catch TrackingError.workspaceMissing {
            workspace = nil
        }
        let jobs = options.jobs ?? plan.spec.jobs
        let threads = max(1, ThreadPool.shared.threadCount / jobs)
        let preview = try SweepPreview(plan, workspace: workspace, jobs: jobs, threads: threads)
        if output.json {
            JSONOutput.write(preview.json)
        } else {
            Terminal.write(
                preview.rendered(
                    width: Terminal.outputIsTerminal ? Terminal.width : nil, color: Terminal.usesColor))
        }
    }
}
