import ArgumentParser
import Experiments
import Foundation

/// Measures the engine.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure the engine.", subcommands: [Step.self])

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
}
