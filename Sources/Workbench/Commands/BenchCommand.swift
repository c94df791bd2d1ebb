import ArgumentParser
import Experiments
import Foundation
import StrictJSON

/// Measures the engine.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure the engine.", subcommands: [Step.self, Loader.self])

    struct Step: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Time one training step of the benchmark network.")

        @Option(help: "Threads that share the work, 1 to 256.")
        var threads = ProcessInfo.processInfo.activeProcessorCount
        @Option(help: "Timed steps.")
        var steps = 20
        @Option(help: "Steps before timing starts.")
        var warmup = 4
        @Option(help: "Images in a batch.")
        var batch = 8
        @Flag(help: "Print one line of JSON.")
        var json = false

        func validate() throws {
            guard (1...256).contains(threads) else { throw ValidationError("--threads takes 1 to 256") }
            guard steps > 0, warmup >= 0, batch > 0 else {
                throw ValidationError("--steps and --batch take 1 or more, --warmup 0 or more")
            }
        }

        func run() throws {
            let report = StepBenchmark.run(threads: threads, steps: steps, warmup: warmup, batch: batch)
            if json {
                let encoder = JSONEncoder()
                encoder.outputFormatting = .sortedKeys
                print(String(decoding: try encoder.encode(report), as: UTF8.self))
            } else {
                print(
                    String(
                        format: "step: median %.1f ms, minimum %.1f ms, %.3f CPU s, peak memory %d MiB",
                        report.medianMilliseconds, report.minimumMilliseconds, report.cpuSecondsPerStep,
                        report.peakMemoryMiB))
            }
        }
    }

    struct Loader: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Time drawing, degrading and analysing an experiment's training clips on one thread.")

        @Argument(help: ArgumentHelp("The experiment's JSON file.", valueName: "experiment"))
        var file: String
        @Option(
            name: .customLong("set"), parsing: .singleValue,
            help: ArgumentHelp("Change one key; may be given several times.", valueName: "path=value"))
        var overrides: [String] = []
        @Option(help: "Timed batches.")
        var batches = 50
        @Flag(help: "Print one line of JSON.")
        var json = false

        func validate() throws {
            guard batches > 0 else { throw ValidationError("--batches takes 1 or more") }
        }

        func run() throws {
            var document = try JSONDocument(contentsOf: file)
            for override in overrides { try document.apply(Override(override)) }
            let report = try LoaderBenchmark.run(document.decode(ExperimentConfig.self), batches: batches)
            if json {
                let encoder = JSONEncoder()
                encoder.outputFormatting = .sortedKeys
                print(String(decoding: try encoder.encode(report), as: UTF8.self))
            } else {
                print(
                    String(
                        format:
                            "loader: %.1f batches of %d x %.2f s per second on one thread, %.1f ms of processor "
                            + "time each (clips %.1f ms, features %.1f ms of wall time); opening %.2f s, first batch "
                            + "%.2f s, peak memory %d MiB",
                        report.batchesPerSecond, report.batchSize, report.clipSeconds,
                        report.pairMilliseconds,
                        report.featureMilliseconds, report.openSeconds, report.firstBatchSeconds,
                        report.peakMemoryMiB))
            }
        }
    }
}
