import ArgumentParser
import Audio
import Experiments
import Foundation
import StrictJSON

/// `workbench tune`: how the classical methods do with other parameters, on validation data.
struct TuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract: "Score the classical methods with several parameters on an experiment's validation list.",
        discussion: """
            The means of each metric over the files, for the input and for every choice. The test set is not touched.
            """)

    @Argument(help: "The experiment, such as experiments/gan_unet_speech.json.")
    var file: String
    @Option(help: "How many files of the validation list are scored.")
    var items = 60
    @OptionGroup var computing: ComputingOptions
    @Flag(help: "Show no progress.")
    var quiet = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard items >= 1 else { throw ValidationError("--items \(items): give at least 1") }
    }

    func run() throws {
        computing.apply()
        let config = try JSONDocument(contentsOf: file).decode(ExperimentConfig.self)
        let rate = config.audio.sampleRate
        let dataset = try config.dataset.item.make(sampleRate: rate)
        let grid = BaselineGrid()
        Interruption.watch()
        let reporter = ConsoleReporter(isQuiet: quiet)
        reporter.begin("validation", total: min(items, dataset.items(.validation).count), unit: "files")
        let result: (input: [(metric: String, mean: Double, files: Int)], rows: [BaselineGrid.Row])
        do {
            result = try grid.run(
                on: dataset, sampleRate: rate, limit: items, progress: { reporter.update($0, tail: nil) },
                shouldStop: { Interruption.isRequested })
        } catch is CancellationError {
            throw ExitCode(Interruption.exitStatus)
        }
        reporter.end()
        let lines =
            [("input", "", result.input)]
            + result.rows.map { ($0.entry.method.rawValue, $0.entry.parameters, $0.means) }
        if output.json {
            JSONOutput.write([
                "rows": .array(
                    lines.map { method, parameters, means in
                        var object: JSONObject = [
                            "method": .string(method), "parameters": .string(parameters),
                        ]
                        for (metric, mean, files) in means where files > 0 { object[metric] = .number(mean) }
                        object["files"] = .integer(means.map(\.files).max() ?? 0)
                        return .object(object)
                    })
            ])
            return
        }
        var table = Table(
            [.init("method"), .init("parameters", shrinks: true)]
                + grid.metrics.map { .init($0.name, .right) })
        for (method, parameters, means) in lines {
            table.add(
                [method, parameters]
                    + means.map {
                        $0.files > 0
                            ? NumberText.fixed($0.mean, decimals: ScoreTable.decimals($0.metric)) : "-"
                    })
        }
        Terminal.write(table.rendered(color: Terminal.usesColor))
    }
}
