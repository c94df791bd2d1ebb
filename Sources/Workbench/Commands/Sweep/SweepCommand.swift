import ArgumentParser
import Experiments

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
            SweepResumeCommand.self, SweepRetryCommand.self, SweepStopCommand.self, SweepAskCommand.self,
            SweepTellCommand.self, SweepImportCommand.self,
        ], defaultSubcommand: SweepRunCommand.self)
}

/// `workbench sweep FILE`.
struct SweepRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Begin the sweep of a file, or go on with it (the default).")

    @Argument(help: "The sweep, such as experiments/ablation.json.")
    var file: String
    @OptionGroup var beginning: SweepBeginning

    func run() throws { try beginning.begin(SweepPlan(contentsOf: file)) }
}
