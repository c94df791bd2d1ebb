import ArgumentParser
import Experiments
import Tracking

/// Which sweep a command is about.
struct SweepAddress: ParsableArguments {
    @Argument(help: "A sweep: sweep3, 3, last, or its name.")
    var sweep: String
}

/// `workbench sweep pause`.
struct SweepPauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Let the running trials keep a checkpoint and end; nothing is lost.")

    @OptionGroup var address: SweepAddress
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        try SweepControl.change(address.sweep, to: .paused, workspaceOptions, output) { sweep in
            "\(sweep.address) is paused; workbench sweep resume \(sweep.address) goes on with it"
        }
    }
}

/// `workbench sweep stop`.
struct SweepStopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "End a sweep: running trials end, waiting ones are not started.")

    @OptionGroup var address: SweepAddress
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        try SweepControl.change(address.sweep, to: .stopped, workspaceOptions, output) { sweep in
            "\(sweep.address) is stopped; workbench sweep table \(sweep.address) shows what there is"
        }
    }
}

/// `workbench sweep resume`.
struct SweepResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Go on with a sweep that was paused, interrupted or stopped.")

    @OptionGroup var address: SweepAddress
    @OptionGroup var options: SweepWorkOptions
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        options.computing.apply()
        let workspace = try workspaceOptions.openExisting()
        let session = try SweepSession.open(address.sweep, in: workspace)
        try workspace.retryTrials(of: session.sweep.id, states: [.stopped])
        try session.work(options, json: output.json)
    }
}

/// `workbench sweep retry`.
struct SweepRetryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Run failed trials again, from their beginning.")

    @OptionGroup var address: SweepAddress
    @Option(help: ArgumentHelp("One trial; without it all that failed.", valueName: "number"))
    var trial: Int?
    @OptionGroup var options: SweepWorkOptions
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        options.computing.apply()
        let workspace = try workspaceOptions.openExisting()
        let session = try SweepSession.open(address.sweep, in: workspace)
        let trials = try workspace.trials(of: session.sweep.id)
        if let trial, !trials.contains(where: { $0.number == trial }) {
            throw SweepError.unknownTrial(
                address: "\(trial)", sweep: session.sweep.address, count: trials.count)
        }
        let count = try workspace.retryTrials(of: session.sweep.id, states: [.failed], number: trial)
        if count == 0 {
            Terminal.note("no failed trials in \(session.sweep.address)\n")
        }
        try session.work(options, json: output.json)
    }
}

/// What pausing and stopping share.
enum SweepControl {
    static func change(
        _ address: String, to state: SweepState, _ workspaceOptions: WorkspaceOptions,
        _ output: OutputOptions,
        text: (Sweep) -> String
    ) throws {
        let workspace = try workspaceOptions.openExisting()
        let sweep = try workspace.sweep(address)
        if sweep.state == .finished {
            Terminal.note("\(sweep.address) has finished already\n")
        } else {
            try workspace.setState(of: sweep.id, to: state)
            // Where nobody works on it, nobody else would do it.
            if state == .stopped, try workspace.otherWorkers(on: sweep.id) == 0 {
                try workspace.stopWaitingTrials(of: sweep.id)
            }
        }
        let now = try workspace.sweep(sweep.id)
        if output.json {
            JSONOutput.write(["sweep": .string(now.address), "state": .string(now.state.rawValue)])
        } else if sweep.state != .finished {
            Terminal.note(text(now) + "\n")
        }
    }
}
