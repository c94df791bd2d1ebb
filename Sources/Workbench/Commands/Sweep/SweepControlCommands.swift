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

    @OptionGroup var change: SweepStateChange

    func run() throws { try change.make(.paused, hint: "resume", "goes on with it") }
}

/// `workbench sweep stop`.
struct SweepStopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "End a sweep: running trials end, waiting ones are not started.")

    @OptionGroup var change: SweepStateChange

    func run() throws { try change.make(.stopped, hint: "table", "shows what there is") }
}

/// What pausing and stopping share.
struct SweepStateChange: ParsableArguments {
    @OptionGroup var address: SweepAddress
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    /// - Parameters:
    ///   - command: the next command of `sweep` that people may want.
    ///   - purpose: what it does.
    func make(_ state: SweepState, hint command: String, _ purpose: String) throws {
        let workspace = try workspaceOptions.openExisting()
        let sweep = try workspace.sweep(address.sweep)
        let isOver = sweep.state == .finished
        if !isOver {
            try workspace.setState(of: sweep.id, to: state)
            if state == .stopped { try workspace.stopWaitingTrials(of: sweep.id) }
        }
        let now = try workspace.sweep(sweep.id)
        if output.json {
            JSONOutput.write(["sweep": .string(now.address), "state": .string(now.state.rawValue)])
        }
        Terminal.note(
            isOver
                ? "\(sweep.address) has finished already\n"
                : "\(sweep.address) is \(state.rawValue); workbench sweep \(command) \(sweep.address) \(purpose)\n"
        )
    }
}

/// What resuming and retrying share.
struct SweepContinuation: ParsableArguments {
    @OptionGroup var address: SweepAddress
    @Flag(help: "Start nothing here: drivers ask for the trials.")
    var driversOnly = false
    @OptionGroup var options: SweepWorkOptions
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    /// Goes on with the sweep after a change of its trials.
    func begin(_ change: (SweepSession) throws -> Void) throws {
        options.computing.apply()
        let workspace = try workspaceOptions.openExisting()
        let session = try SweepSession.open(address.sweep, in: workspace)
        try change(session)
        guard driversOnly else {
            try session.work(options, json: output.json)
            return
        }
        let isOver = try workspace.trials(of: session.sweep.id).allSatisfy(\.state.isOver)
        try workspace.setState(of: session.sweep.id, to: isOver ? .finished : .running)
        let now = try workspace.sweep(session.sweep.id)
        if output.json {
            JSONOutput.write(["sweep": .string(now.address), "state": .string(now.state.rawValue)])
        }
        Terminal.note(
            isOver
                ? "\(now.address) has finished already\n"
                : "\(now.address) goes on; workbench sweep ask \(now.address) gives its next trial\n")
    }
}

/// `workbench sweep resume`.
struct SweepResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Go on with a sweep that was paused, interrupted or stopped.")

    @OptionGroup var continuation: SweepContinuation

    func run() throws {
        try continuation.begin { session in
            try session.workspace.retryTrials(of: session.sweep.id, states: [.stopped])
        }
    }
}

/// `workbench sweep retry`.
struct SweepRetryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Run failed trials again, from their beginning.")

    @Option(help: ArgumentHelp("One trial; without it all that failed.", valueName: "number"))
    var trial: Int?
    @OptionGroup var continuation: SweepContinuation

    func run() throws {
        try continuation.begin { session in
            let (workspace, sweep) = (session.workspace, session.sweep)
            let trials = try workspace.trials(of: sweep.id)
            if let trial, !trials.contains(where: { $0.number == trial }) {
                throw SweepError.unknownTrial(
                    address: "\(trial)", sweep: sweep.address, count: trials.count)
            }
            if try workspace.retryTrials(of: sweep.id, states: [.failed], number: trial) == 0 {
                Terminal.note("no failed trials in \(sweep.address)\n")
            }
        }
    }
}
