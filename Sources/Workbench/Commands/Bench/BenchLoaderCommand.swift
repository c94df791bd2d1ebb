import ArgumentParser
import Experiments
import StrictJSON

/// `workbench bench loader`: what making training clips costs.
struct BenchLoaderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loader",
        abstract: "Time drawing, degrading and analysing an experiment's training clips on one thread.")

    @Argument(help: ArgumentHelp("The experiment's JSON file.", valueName: "experiment"))
    var file: String
    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Change one key; may be given several times.", valueName: "path=value"))
    var overrides: [String] = []
    @Option(help: "Timed batches.")
    var batches = 50
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard batches > 0 else { throw ValidationError("--batches takes 1 or more") }
    }

    func run() throws {
        var document = try JSONDocument(contentsOf: file)
        for override in overrides { try document.apply(Override(override)) }
        let report = try LoaderBenchmark.run(document.decode(ExperimentConfig.self), batches: batches)
        if output.json {
            JSONOutput.write(report.json)
            return
        }
        var facts = Table([.init("loader"), .init("", .right), .init("")])
        func add(_ name: String, _ value: Double, _ unit: String, decimals: Int = 1) {
            facts.add([name, NumberText.fixed(value, decimals: decimals), unit])
        }
        add("clips", Double(report.batchSize), "in a batch", decimals: 0)
        add("clip", report.clipSeconds, "s", decimals: 2)
        add("batches", report.batchesPerSecond, "a second")
        add("processor time", report.cpuMillisecondsPerBatch, "ms a batch")
        add("recordings and degradation", report.pairMilliseconds, "ms a batch")
        add("spectra and features", report.featureMilliseconds, "ms a batch")
        add("opening", report.openSeconds, "s", decimals: 2)
        add("first batch", report.firstBatchSeconds, "s", decimals: 2)
        add("peak memory", Double(report.peakMemoryMiB), "MiB resident", decimals: 0)
        Terminal.write(facts.rendered(color: Terminal.usesColor))
    }
}
