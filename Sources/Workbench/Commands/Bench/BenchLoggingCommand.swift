import ArgumentParser
import Experiments
import Foundation

/// `workbench bench logging`: how fast the tracker takes points.
struct BenchLoggingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logging", abstract: "Time logging of metric points until they are durable.",
        discussion: """
            Durable points have been committed to the database: they survive the death of the process. The workspace is \
            closed, opened again and counted before a figure is given. Single calls are timed in a run of their own.
            """)

    @Option(help: "Points of a round.")
    var points = 2_000_000
    @Option(help: "Metrics that the points belong to.")
    var metrics = 20
    @Option(help: "Rounds; the median is shown.")
    var rounds = 5
    @Option(
        help: ArgumentHelp(
            "Where to make the workspace, which is removed afterwards; default: the system's temporary folder.",
            valueName: "dir"))
    var folder: String?
    @Flag(help: "Show no progress.")
    var quiet = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard metrics > 0 else { throw ValidationError("--metrics \(metrics): give a number of 1 or more") }
        guard points >= metrics else {
            throw ValidationError("--points \(points): give at least as many as --metrics, \(metrics)")
        }
        guard rounds > 0 else { throw ValidationError("--rounds \(rounds): give a number of 1 or more") }
    }

    func run() throws {
        let parent =
            folder.map { URL(fileURLWithPath: $0, isDirectory: true) }
            ?? FileManager.default.temporaryDirectory
        let place = parent.appendingPathComponent(
            "workbench-bench-logging-\(ProcessInfo.processInfo.processIdentifier)", isDirectory: true)
        let report = try LoggingBenchmark.run(folder: place, points: points, metrics: metrics, rounds: rounds)
        guard report.isVerified else {
            throw ExperimentError.trainingFailed(
                "\(report.pointsLogged) points were logged, \(report.pointsFound) found again")
        }
        if output.json { return JSONOutput.write(report.json) }
        var table = Table([.init("logging"), .init("", .right), .init("")])
        func add(_ name: String, _ value: Double, _ unit: String, decimals: Int = 0) {
            table.add([name, NumberText.fixed(value, decimals: decimals), unit])
        }
        add("durable points", report.pointsPerSecond, "a second, median of \(rounds) rounds")
        add("slowest round", report.rates.min() ?? .nan, "a second")
        add("a call by handle", report.quantile(0.5, report.handleCalls), "ns, median")
        add("", report.quantile(0.99, report.handleCalls), "ns, of 100 the slowest")
        add("a call by name", report.quantile(0.5, report.nameCalls), "ns, median")
        add("", report.quantile(0.99, report.nameCalls), "ns, of 100 the slowest")
        add("on disk", report.bytesPerPoint, "bytes a point", decimals: 1)
        add("found again", Double(report.pointsFound), "points, all that were logged")
        Terminal.write(table.rendered(color: Terminal.usesColor))
    }
}
