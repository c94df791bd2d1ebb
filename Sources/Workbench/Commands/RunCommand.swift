import ArgumentParser
import Experiments
import Foundation
import StrictJSON
import Tensor
import Tracking

/// `workbench run FILE`: trains what a JSON file describes, and scores it.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Train the experiment that a JSON file describes.",
        discussion: """
            Exit status: 0 finished, 1 the run failed, 2 wrong arguments or config, 3 a file was not found, \
            75 stopped by Ctrl-C or SIGTERM with a checkpoint kept.
            """)

    @Argument(help: "The experiment, such as experiments/gan_unet.json.")
    var file: String
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
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if steps != nil, epochs != nil { throw ValidationError("give --steps or --epochs, not both") }
        if let epochs, epochs < 1 { throw ValidationError("--epochs \(epochs): give a number of 1 or more") }
    }

    func run() throws {
        let config = try resolve()
        computing.apply()
        if dryRun {
            try DryRun.write(config, json: output.json)
            return
        }
        Interruption.watch()
        let reporter = ConsoleReporter(isQuiet: quiet)
        var run = TrainingRun(config)
        run.name = name
        run.commandLine = CommandLine.arguments.joined(separator: " ")
        run.programVersion = Version.text
        let outcome: TrainingRun.Outcome
        do {
            outcome = try run.execute(
                openWorkspace: { try workspaceOptions.openOrCreate() }, reporter: reporter,
                shouldStop: { Interruption.isRequested })
        } catch is CancellationError {
            Terminal.note("workbench: stopped during the test; the training's checkpoints are kept\n")
            throw ExitCode(Interruption.exitStatus)
        }
        report(outcome)
        if case .stopped = outcome.end { throw ExitCode(ExitStatus.resumable) }
    }

    /// The config file with all changes from the command line.
    private func resolve() throws -> ExperimentConfig {
        var document = try JSONDocument(contentsOf: file)
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
        if output.json {
            var object: JSONObject = ["run": .string(outcome.address)]
            switch outcome.end {
            case .finished: object["status"] = .string("finished")
            case .stopped: object["status"] = .string("killed")
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
                "\n\(outcome.address) finished. Next: workbench show \(outcome.address), "
                    + "workbench enhance --run \(outcome.address) IN OUT\n")
        case .stopped(let step):
            Terminal.note(
                "\(outcome.address) stopped after step \(step); its newest checkpoint is kept "
                    + "(workbench enhance --run \(outcome.address) uses it)\n")
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
