import ArgumentParser
import Experiments
import Foundation
import StrictJSON
import Tensor
import Tracking

/// `workbench run FILE`: trains what a JSON file describes, and scores it.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Train the experiment that a JSON file describes, or resume a run.",
        usage: """
            workbench run <file> [--set path=value ...] [--seed n] [--name name] [options]
            workbench run --resume <run> [--threads n] [options]
            """,
        discussion: """
            Ctrl-C, SIGTERM and SIGHUP store a checkpoint and end the run; a second one ends the program at once. \
            --resume goes on from the newest checkpoint with the run's own config, and gives the same bits as a run \
            that never stopped, whatever the number of threads. A run without a checkpoint begins anew, one whose \
            training is done scores its test, a finished one is left alone (exit status 0).

            Exit status: 0 finished, 1 the run failed, 2 wrong arguments or config, 3 a file or run was not found, \
            5 the run is alive or the database locked, 7 refused to resume (config or data are not what they were), \
            75 stopped with a checkpoint to resume from, 130, 143 or 129 stopped by Ctrl-C, SIGTERM or SIGHUP \
            without one.
            """)

    @Argument(help: "The experiment, such as experiments/gan_unet.json.")
    var file: String?
    @Option(
        help: ArgumentHelp("Go on with a run: run12, 12, last, or its name.", valueName: "run"),
        completion: .runs)
    var resume: String?
    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Change one key of the experiment; may be given several times.", valueName: "path=value"))
    var overrides: [String] = []
    @Option(help: "The seed of every random draw.")
    var seed: Int?
    @Option(help: "Batches to train on.")
    var steps: Int?
    @Option(help: "Rounds through the training recordings, for datasets that have an end.")
    var epochs: Int?
    @Option(help: "What lists call the run.")
    var name: String?
    @OptionGroup var computing: ComputingOptions
    @Flag(help: "Show no progress.")
    var quiet = false
    @Flag(help: "Print the resolved config, shapes, parameters and cost, and do nothing.")
    var dryRun = false
    /// Which try of which trial this is; sweeps give it.
    @Option(help: .hidden)
    var trial: String?
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let trial, TrialToken(trial) == nil {
            throw ValidationError("--trial \(trial): sweeps give it, as in 3/5/1")
        }
        if steps != nil, epochs != nil { throw ValidationError("give --steps or --epochs, not both") }
        if let epochs, epochs < 1 { throw ValidationError("--epochs \(epochs): give a number of 1 or more") }
        if (file == nil) == (resume == nil) {
            throw ValidationError("give either the file of an experiment or --resume RUN")
        }
        let changes: [(String, Bool)] = [
            ("--set", !overrides.isEmpty), ("--seed", seed != nil), ("--steps", steps != nil),
            ("--epochs", epochs != nil), ("--name", name != nil), ("--dry-run", dryRun),
        ]
        if resume != nil, let change = changes.first(where: \.1) {
            throw ValidationError(
                "\(change.0) does not go with --resume: a resumed run keeps its config; "
                    + "accepted: --threads, --quiet, --json, --workspace")
        }
    }

    func run() throws {
        computing.apply()
        let outcome: TrainingRun.Outcome
        do {
            outcome = try resume.map(goOn) ?? begin()
        } catch is CancellationError {
            Terminal.note("workbench: stopped before the run began\n")
            throw ExitCode(Interruption.exitStatus)
        }
        report(outcome)
        if case .stopped(let step) = outcome.end {
            throw ExitCode(step == nil ? Interruption.exitStatus : ExitStatus.resumable)
        }
    }

    private func begin() throws -> TrainingRun.Outcome {
        let config = try resolve()
        if dryRun {
            try DryRun.write(config, json: output.json)
            throw ExitCode.success
        }
        var run = TrainingRun(config)
        run.name = name
        run.trial = trial.flatMap(TrialToken.init)
        run.commandLine = Self.commandLine
        run.programVersion = Version.text
        run.exits = Self.exits
        Interruption.watch()
        return try run.execute(
            openWorkspace: { try workspaceOptions.openOrCreate() }, reporter: ConsoleReporter(isQuiet: quiet),
            shouldStop: { Interruption.isRequested })
    }

    private func goOn(_ address: String) throws -> TrainingRun.Outcome {
        // A workspace that does not exist has no run; opening it for writing would make it.
        _ = try workspaceOptions.openReadOnly().run(address)
        Interruption.watch()
        return try TrainingRun.resume(
            address, in: workspaceOptions.openOrCreate(), exits: Self.exits,
            trial: trial.flatMap(TrialToken.init), reporter: ConsoleReporter(isQuiet: quiet),
            shouldStop: { Interruption.isRequested })
    }

    private static var commandLine: String { CommandLine.arguments.joined(separator: " ") }

    private static var exits: TrainingRun.ExitCodes {
        var exits = TrainingRun.ExitCodes()
        exits.failed = { Int(ExitStatus.of($0)) }
        exits.resumable = Int(ExitStatus.resumable)
        exits.stopped = { Int(Interruption.exitStatus) }
        return exits
    }

    /// The config file with all changes from the command line.
    private func resolve() throws -> ExperimentConfig {
        var document = try JSONDocument(contentsOf: file ?? "")
        for override in overrides { try document.apply(Override(override)) }
        if let seed { try document.apply(Override("seed=\(seed)")) }
        if let steps { try document.apply(Override("training.steps=\(steps)")) }
        if let epochs {
            let config = try document.decode(ExperimentConfig.self)
            let dataset = try config.dataset.item.make(sampleRate: config.audio.sampleRate)
            guard let count = dataset.trainingCount else {
                throw ExperimentError.config(
                    "--epochs: the dataset \"\(config.dataset.kind)\" is endless and has no epochs; give --steps"
                )
            }
            let perEpoch = (count + config.training.batchSize - 1) / config.training.batchSize
            try document.apply(Override("training.steps=\(epochs * perEpoch)"))
        }
        return try document.decode(ExperimentConfig.self)
    }

    private func table(_ outcome: TrainingRun.Outcome) -> ScoreTable? {
        outcome.scores.map { ScoreTable(dataset: "test", $0) }
    }

    private func report(_ outcome: TrainingRun.Outcome) {
        let address = outcome.address
        if output.json {
            var object: JSONObject = ["run": .string(address)]
            switch outcome.end {
            case .finished, .wasFinished: object["status"] = .string("finished")
            case .stopped(let step):
                object["status"] = .string("killed")
                object["checkpoint_step"] = JSONValue(step)
            }
            for (key, value) in table(outcome)?.members.members ?? [] { object[key] = value }
            JSONOutput.write(object)
            return
        }
        switch outcome.end {
        case .finished:
            if let table = table(outcome) {
                Terminal.write("\n" + table.rendered(width: nil, color: Terminal.usesColor))
            }
            Terminal.note(
                "\n\(address) finished. Next: workbench show \(address), "
                    + "workbench enhance --run \(address) IN OUT\n")
        case .wasFinished:
            Terminal.note("\(address) has finished already; nothing to do (workbench show \(address))\n")
        case .stopped(let step?):
            Terminal.note(
                "\(address) stopped; its newest checkpoint is of step \(step). "
                    + "Go on: workbench run --resume \(address)\n")
        case .stopped(nil):
            Terminal.note(
                "\(address) stopped without a checkpoint; workbench run --resume \(address) begins it anew\n")
        }
    }
}

/// How a command computes.
struct ComputingOptions: ParsableArguments {
    @Option(
        help:
            "Threads that share the work, 1 to 256. Default: the number of cores. Results do not depend on it."
    )
    var threads: Int?

    func validate() throws {
        if let threads, !(1...256).contains(threads) {
            throw ValidationError("--threads \(threads): give a number from 1 to 256")
        }
    }

    func apply() {
        if let threads { ThreadPool.shared.threadCount = threads }
    }
}
