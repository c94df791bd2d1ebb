import ArgumentParser
import Experiments
import StrictJSON
import Tensor

/// `workbench bench`: how fast the engine is on this machine.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure the engine.",
        discussion: "docs/benchmarks.md says what the figures mean and how they are compared with others'.",
        subcommands: [
            BenchStepCommand.self, BenchGemmCommand.self, BenchConvolutionCommand.self,
            BenchOperationsCommand.self, BenchLoaderCommand.self, BenchFeaturesCommand.self,
            BenchLoggingCommand.self, BenchReadingCommand.self,
            BenchSweepCommand.self,
        ])
}

/// How a benchmark measures and prints.
struct BenchOptions: ParsableArguments {
    @OptionGroup var computing: ComputingOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "Samples of each item; medians are shown.")
    var rounds = 15
    @Option(help: ArgumentHelp("Measure only what has this text in its name.", valueName: "text"))
    var only = ""
    @Flag(help: "Show no progress.")
    var quiet = false

    func validate() throws {
        guard rounds > 0 else { throw ValidationError("--rounds \(rounds): give a number of 1 or more") }
    }

    var threads: Int { computing.threads ?? ThreadPool.shared.threadCount }
    var reporter: ConsoleReporter { ConsoleReporter(isQuiet: quiet) }

    /// What `--only` leaves.
    /// - Throws: `ExperimentError.config` if that is nothing.
    func selection<Item>(_ items: [Item], name: (Item) -> String) throws -> [Item] {
        let chosen = items.filter { only.isEmpty || name($0).contains(only) }
        guard !chosen.isEmpty else {
            throw ExperimentError.config(
                "--only \(only): nothing has that in its name; there is: "
                    + items.map(name).joined(separator: ", "))
        }
        return chosen
    }
}

/// Names an engine on the command line.
struct EngineOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What computes convolutions: \(ConvolutionEngine.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "name"))
    var engine: String?

    func validate() throws {
        if let engine, ConvolutionEngine(rawValue: engine) == nil {
            throw ValidationError(
                "--engine \(engine): known engines: "
                    + ConvolutionEngine.allCases.map(\.rawValue).joined(separator: ", "))
        }
    }

    var chosen: ConvolutionEngine? { engine.flatMap(ConvolutionEngine.init) }
}
