import ArgumentParser
import Experiments
import Foundation
import StrictJSON

/// `workbench bench reading`: how fast a workspace of many runs and long curves is read.
struct BenchReadingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reading", abstract: "Time `ls` and `compare` as fresh processes on a large workspace.",
        discussion: """
            Makes a workspace of finished runs and of two more with one long metric, then starts this program anew for \
            every measurement: what is timed is what a person waits for, from the start of the process to its end. Then the \
            same with a copy of the program and the database pushed out of the system's memory before each start, as \
            after a long while; libraries stay there, as this process holds them.
            """)

    @Option(help: "Runs of the workspace.") var runs = 2_000
    @Option(help: "Keys of the configuration of each run.") var params = 100
    @Option(help: "Points of each of the two long runs.") var points = 1_000_000
    @Option(help: "Rounds; medians are shown.") var rounds = 11
    @Option(help: "Rounds of cold starts; 0 for none.") var coldRounds = 5
    @Option(
        help: ArgumentHelp(
            "The workspace, which is made if it is absent, and kept; default: a temporary one.",
            valueName: "dir"))
    var folder: String?
    @Flag(help: "Show no progress.") var quiet = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard runs > 0, params > 0, points > 0, rounds > 0, coldRounds >= 0 else {
            throw ValidationError(
                "--runs, --params, --points and --rounds take 1 or more, --cold-rounds 0 or more")
        }
    }

    func run() throws {
        let place =
            folder.map { URL(fileURLWithPath: $0, isDirectory: true) }
            ?? FileManager.default.temporaryDirectory.appendingPathComponent(
                "workbench-bench-reading-\(ProcessInfo.processInfo.processIdentifier)", isDirectory: true)
        defer { if folder == nil { try? FileManager.default.removeItem(at: place) } }
        let reporter = ConsoleReporter(isQuiet: quiet)
        if !FileManager.default.fileExists(atPath: place.path) {
            var sample = TrackingSample()
            (sample.runs, sample.parameters, sample.points) = (runs, params, points)
            reporter.begin("make", total: runs, unit: "runs")
            try sample.make(in: place) { reporter.update($0, tail: nil) }
            reporter.end()
        }
        let commands: [(name: String, arguments: [String])] = [
            ("ls", ["ls"]), ("ls --json", ["ls", "--json"]),
            ("compare", ["compare", "run\(runs + 1)", "run\(runs + 2)"]),
            ("compare --json", ["compare", "run\(runs + 1)", "run\(runs + 2)", "--json"]),
        ]
        let program = URL(
            fileURLWithPath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
                ?? CommandLine.arguments[0])
        var results = commands.map { Result(command: $0.name) }
        for _ in 0..<rounds {
            for (index, command) in commands.enumerated() {
                results[index].warm.append(
                    try Self.seconds(program, command.arguments + ["--workspace", place.path]))
            }
        }
        if coldRounds > 0 {
            // A copy, for pages of a running program stay in memory.
            let copy = FileManager.default.temporaryDirectory.appendingPathComponent(
                "workbench-bench-cold-\(ProcessInfo.processInfo.processIdentifier)")
            defer { try? FileManager.default.removeItem(at: copy) }
            try? FileManager.default.removeItem(at: copy)
            try FileManager.default.copyItem(at: program, to: copy)
            for _ in 0..<coldRounds {
                for (index, command) in commands.enumerated() {
                    let isCold = ["workbench.sqlite", "workbench.sqlite-wal"].map(
                        place.appendingPathComponent
                    )
                    .filter { FileManager.default.fileExists(atPath: $0.path) }
                    .allSatisfy { (PageCache.evict($0) ?? 1) < 0.01 }
                    guard isCold, (PageCache.evict(copy) ?? 1) < 0.01 else { continue }
                    results[index].cold.append(
                        try Self.seconds(copy, command.arguments + ["--workspace", place.path]))
                }
            }
        }
        if output.json { write(results) } else { show(results) }
    }

    /// The times of one command, in seconds.
    private struct Result {
        let command: String
        var warm: [Double] = []
        /// Empty where the files could not be pushed out of memory.
        var cold: [Double] = []

        static func median(_ values: [Double]) -> Double? {
            values.isEmpty ? nil : values.sorted()[values.count / 2] * 1e3
        }
    }

    private func write(_ results: [Result]) {
        var object: JSONObject = [
            "what": "workbench_bench_reading", "runs": .integer(runs), "params": .integer(params),
            "points": .integer(points),
        ]
        for result in results {
            let key = result.command.replacingOccurrences(of: " --", with: "_")
            object["\(key)_ms"] = Result.median(result.warm).map(BenchText.number) ?? .null
            object["\(key)_min_ms"] = BenchText.number((result.warm.min() ?? .nan) * 1e3)
            object["\(key)_cold_ms"] = Result.median(result.cold).map(BenchText.number) ?? .null
        }
        JSONOutput.write(object)
    }

    private func show(_ results: [Result]) {
        var table = Table([
            .init("command"), .init("median", .right), .init("least", .right), .init("cold", .right),
            .init(""),
        ])
        for result in results {
            table.add([
                result.command, NumberText.fixed(Result.median(result.warm), decimals: 0),
                NumberText.fixed((result.warm.min() ?? .nan) * 1e3, decimals: 0),
                NumberText.fixed(Result.median(result.cold), decimals: 0), "ms",
            ])
        }
        Terminal.write(table.rendered(color: Terminal.usesColor))
    }

    /// Runs a program and waits for its end; its output is thrown away.
    private static func seconds(_ program: URL, _ arguments: [String]) throws -> Double {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        // `waitUntilExit` looks every 50 ms.
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        let start = DispatchTime.now().uptimeNanoseconds
        try process.run()
        ended.wait()
        let end = DispatchTime.now().uptimeNanoseconds
        guard process.terminationStatus == 0 else {
            throw ExperimentError.notFound("`workbench \(arguments.joined(separator: " "))` did not succeed")
        }
        return Double(end - start) / 1e9
    }
}
