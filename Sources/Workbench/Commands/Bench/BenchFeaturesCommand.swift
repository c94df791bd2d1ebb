import ArgumentParser
import Audio
import Experiments
import Foundation
import StrictJSON

/// `workbench bench features`: how fast sounds are analysed.
struct BenchFeaturesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "features", abstract: "Time the features of a sound: log-mel, pitch, rhythm, loudness.",
        discussion: "The rate is the sound's duration over the time that its analysis takes.")

    @Argument(help: "A sound file; its channels are mixed.")
    var file: String
    @Option(help: "Seconds of sound: the file is repeated, or cut.")
    var seconds = 10.0
    @OptionGroup var options: BenchOptions

    func validate() throws {
        guard seconds > 0, seconds <= 3600 else {
            throw ValidationError("--seconds \(seconds): give a number above 0, at most 3600")
        }
    }

    func run() throws {
        let sound = try AudioFile.read(URL(fileURLWithPath: file))
        let items = try options.selection(
            FeatureBenchmark.items(sound, seconds: seconds, threads: options.threads)
        ) { $0.operation }
        let results = InterleavedTimer.run(
            items, rounds: options.rounds, label: "features", reporter: options.reporter)
        if options.output.json {
            JSONOutput.write([
                "what": "workbench_bench_features", "threads": .integer(options.threads),
                "items": .array(results.map { .object($0.json) }),
            ])
            return
        }
        var table = Table([
            .init("feature"), .init("rate", .right), .init("ms", .right), .init("times real time", .right),
            .init("best", .right),
        ])
        for result in results {
            table.add([
                result.item.operation, result.item.size, NumberText.fixed(1e3 * result.median, decimals: 3),
                NumberText.fixed(result.medianRate, decimals: 0),
                NumberText.fixed(result.bestRate, decimals: 0),
            ])
        }
        Terminal.write(table.rendered(color: Terminal.usesColor))
    }
}
