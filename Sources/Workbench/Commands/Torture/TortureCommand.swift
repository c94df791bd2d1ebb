import ArgumentParser
import Foundation
import StrictJSON
import Tracking

/// `workbench torture`: what a workspace survives. For those who work on the workbench; `scripts/torture` runs all.
struct TortureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "torture",
        abstract: "Kill, crowd and starve processes that log, and check what they leave.",
        discussion: "docs/reliability.md has the figures.", shouldDisplay: false,
        subcommands: [
            TortureKillsCommand.self, TortureWritersCommand.self, TortureDiskCommand.self,
            TortureWriteCommand.self, TortureTrapCommand.self,
        ])
}

/// What a tortured process logs: values that follow from metric and step, so that whoever checks knows them.
enum TorturePoints {
    static func metricName(_ index: Int) -> String { "torture/metric_\(index)" }

    static func value(_ metric: Int, step: Int) -> Double {
        step % 997 == 3 ? .nan : Double(step) / 3 + Double(metric) * 1e7
    }

    /// Compares the points of a run with what must have been logged.
    ///
    /// - Parameters:
    ///   - acknowledged: the number of steps that the process had been told are durable.
    /// - Returns: how many acknowledged points are missing or wrong, and how many points there are.
    static func check(
        _ run: Run.ID, metrics: Int, acknowledged: Int, in workspace: Workspace
    ) throws -> (lost: Int, found: Int) {
        var (lost, found) = (0, 0)
        let known = Set(try workspace.summaries(of: run).map(\.metric))
        for metric in 0..<metrics {
            let name = metricName(metric)
            let points = known.contains(name) ? try workspace.series(of: run, metric: name).points : []
            found += points.count
            lost += max(0, acknowledged - points.count)
            for (step, point) in points.enumerated() {
                let expected = value(metric, step: step)
                let isRight = expected.isNaN ? point.value.isNaN : point.value == expected
                if point.step != step || !isRight { lost += 1 }
            }
        }
        return (lost, found)
    }
}

/// A process of this program that logs until it is killed or done.
final class TortureVictim {
    let process = Process()
    private let output = Pipe()
    private let error = Pipe()

    /// - Parameter steps: how many steps it logs before it ends in peace; nil for no end.
    init(workspace: URL, metrics: Int, steps: Int?, resume: String? = nil, seed: Int) throws {
        process.executableURL = URL(
            fileURLWithPath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
                ?? CommandLine.arguments[0])
        process.arguments =
            [
                "torture", "write", "--workspace", workspace.path, "--metrics", "\(metrics)", "--seed",
                "\(seed)",
            ]
            + (steps.map { ["--steps", "\($0)"] } ?? []) + (resume.map { ["--resume", $0] } ?? [])
        process.standardOutput = output
        process.standardError = error
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
    }

    /// Waits for the end.
    ///
    /// - Returns: the run's address, the number of steps it was told are durable, and what it complained about.
    func result() -> (run: String?, acknowledged: Int, complaint: String) {
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaint = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        // A last line without its end was cut: nobody was told.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return (lines.first.map(String.init), lines.dropFirst().compactMap { Int($0) }.last ?? 0, complaint)
    }
}
