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
            every measurement: what is timed is what a person waits for, from the start of the process to its end.
            """)

    @Option(help: "Runs of the workspace.") var runs = 2_000
    @Option(help: "Keys of the configuration of each run.") var params = 100
    @Option(help: "Points of each of the two long runs.") var points = 1_000_000
    @Option(help: "Rounds; medians are shown.") var rounds = 11
    @Option(
        help: ArgumentHelp(
            "The workspace, which is made if it is absent, and kept; default: a temporary one.",
            valueName: "dir"))
    var folder: String?
    @Flag(help: "Show no progress.") var quiet = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard runs > 0, params > 0, points > 0, rounds > 0 else {
            throw ValidationError("--runs, --params, --points and --rounds take 1 or more")
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
        var times = [[Double]](repeating: [], count: commands.count)
        for _ in 0..<rounds {
            for (index, command) in commands.enumerated() {
                times[index].append(try seconds(command.arguments + ["--workspace", place.path]))
            }
        }
        let medians = times.map { $0.sorted()[$0.count / 2] * 1e3 }
        if output.json {
            var object: JSONObject = [
                "what": "workbench_bench_reading", "runs": .integer(runs), "params": .integer(params),
                "points": .integer(points),
            ]
            for (index, command) in commands.enumerated() {
                let key = command.name.replacingOccurrences(of: " --", with: "_")
                object["\(key)_ms"] = BenchText.number(medians[index])
                object["\(key)_min_ms"] = BenchText.number((times[index].min() ?? .nan) * 1e3)
            }
            return JSONOutput.write(object)
        }
        var table = Table([.init("command"), .init("median", .right), .init("least", .right), .init("")])
        for (index, command) in commands.enumerated() {
            table.add([
                command.name, NumberText.fixed(medians[index], decimals: 0),
                NumberText.fixed((times[index].min() ?? .nan) * 1e3, decimals: 0), "ms",
            ])
        }
        Terminal.write(table.rendered(color: Terminal.usesColor))
    }

    /// Runs this program anew and waits for its end; its output is thrown away.
    private func seconds(_ arguments: [String]) throws -> Double {
        let process = Process()
        process.executableURL = URL(
            fileURLWithPath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
                ?? CommandLine.arguments[0])
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
