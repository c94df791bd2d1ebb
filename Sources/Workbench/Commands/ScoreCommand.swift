import ArgumentParser
import Audio
import Foundation
import Metrics
import Synchronization
import Tensor

/// `workbench score`: measures recordings against their references.
struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score", abstract: "Score recordings against their references.",
        discussion: """
            REF and DEG are two sound files, or two folders whose files are paired by name. Nothing is aligned \
            or scaled except where a metric says so; a metric that needs another rate is measured on resampled \
            copies, and the result says so. Values that do not exist are reported as undefined, with the reason. \
            docs/metrics.md describes every metric.
            """)

    @Argument(help: ArgumentHelp("The reference: a sound file or a folder.", valueName: "ref"))
    var reference: String
    @Argument(help: ArgumentHelp("What is scored: a sound file or a folder.", valueName: "deg"))
    var estimate: String
    @Option(
        help: ArgumentHelp(
            "The metrics, separated by commas, such as pesq_wb,stoi. Default: all.", valueName: "names"))
    var metrics: String?
    @Option(help: ArgumentHelp("How many of the worst files are named.", valueName: "count"))
    var worst = 3
    @Option(help: ArgumentHelp("Threads that score files. Default: one for each core.", valueName: "count"))
    var threads: Int?
    @Flag(help: "Print one JSON object instead of text.")
    var json = false
    @Flag(help: "Print one line of comma-separated values per file instead of text.")
    var csv = false
    @Flag(help: "Show no progress.")
    var quiet = false

    func validate() throws {
        if json && csv { throw ValidationError("--json and --csv exclude each other") }
        if worst < 0 { throw ValidationError("--worst \(worst): 0 or more") }
        if let threads, !(1...256).contains(threads) {
            throw ValidationError("--threads \(threads): 1 to 256")
        }
        do { _ = try chosen() } catch { throw ValidationError("--metrics: \(error)") }
    }

    private func chosen() throws -> [any ObjectiveMetric] {
        guard let metrics else { return ObjectiveMetrics.all }
        var names: [String] = []
        for part in metrics.split(separator: ",") {
            let name = part.trimmingCharacters(in: .whitespaces)
            if !names.contains(name) { names.append(name) }
        }
        if names.isEmpty { throw UnknownMetricError(name: "\"\(metrics)\"") }
        return try ObjectiveMetrics.named(names)
    }

    func run() throws {
        if let threads { ThreadPool.shared.threadCount = threads }
        let chosen = try chosen()
        let pairs = try ScoringPairs(reference: reference, estimate: estimate)
        if pairs.pairs.count == 1, try !isFolder { try checkReadable(pairs.pairs[0]) }
        Interruption.watch()
        let reporter = ConsoleReporter(isQuiet: quiet)
        reporter.begin("score", total: pairs.pairs.count, unit: "files")
        let files = Self.scoreAll(pairs.pairs, chosen, reporter)
        reporter.end()
        if Interruption.isRequested { throw ExitCode(Interruption.exitStatus) }
        let report = ScoreReport(files: files, pairs: pairs, worstCount: worst)
        if json {
            JSONOutput.write(report.object)
        } else {
            Terminal.write(csv ? report.csv : report.text(color: Terminal.usesColor))
        }
        for (role, names) in [
            ("reference", pairs.unpairedReferences), ("estimate", pairs.unpairedEstimates),
        ] where csv && !names.isEmpty {
            Terminal.note("workbench: without a partner (\(role)): \(names.joined(separator: ", "))\n")
        }
        let failures = files.compactMap(\.failure)
        guard failures.isEmpty else {
            for failure in failures { Terminal.note("workbench: \(failure)\n") }
            Terminal.note(
                "workbench: \(failures.count) of \(files.count) pairs could not be read, see above\n")
            throw ExitCode(ExitStatus.runFailed)
        }
    }

    private var isFolder: Bool {
        get throws {
            try URL(fileURLWithPath: reference).resourceValues(forKeys: [.isDirectoryKey]).isDirectory
                ?? false
        }
    }

    /// Of two named files an unusable one is an error of the command line, not a result. Sound that cannot be
    /// measured (not finite, empty) is a result.
    private func checkReadable(_ pair: ScoringPairs.Pair) throws {
        for url in [pair.reference, pair.estimate] {
            do {
                _ = try ScoredFile.read(url)
            } catch let error as AudioFileError {
                switch error {
                case .notFinite, .empty: continue
                default: throw error
                }
            }
        }
    }

    /// All pairs on all threads; the order of the results is that of the pairs.
    private static func scoreAll(
        _ pairs: [ScoringPairs.Pair], _ metrics: [any ObjectiveMetric], _ reporter: ConsoleReporter
    ) -> [ScoredFile] {
        let done = Mutex(0)
        var slots = [ScoredFile?](repeating: nil, count: pairs.count)
        slots.withUnsafeMutableBufferPointer { buffer in
            // Every piece writes its own slot.
            nonisolated(unsafe) let places = buffer
            ThreadPool.shared.run(pairs.count) { index in
                if Interruption.isRequested { return }
                places[index] = ScoredFile.score(pairs[index], metrics)
                let count = done.withLock {
                    $0 += 1
                    return $0
                }
                reporter.update(count, tail: pairs[index].name)
            }
        }
        return slots.compactMap { $0 }
    }
}
