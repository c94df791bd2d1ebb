import ArgumentParser
import Foundation
import Tracking

/// `workbench torture disk`: logs on a small file system until it is full, makes room, and logs on.
struct TortureDiskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disk", abstract: "Fill a small file system, make room again, and check what is left.",
        discussion: "scripts/torture mounts the file system: a few MiB that nothing else uses.")

    @Argument(help: "A folder on the small file system.") var folder: String
    @OptionGroup var output: OutputOptions

    func run() throws {
        let place = TortureFolder(folder, "disk")
        let size = try FileManager.default.attributesOfFileSystem(forPath: folder)[.systemSize] as? NSNumber
        guard let size, size.int64Value < 64 << 20 else {
            throw ValidationError("\(folder): the file system is not small: give one of less than 64 MiB")
        }
        var problems: [String] = []
        let ballast = URL(fileURLWithPath: folder).appendingPathComponent("ballast")
        let recorder = try Workspace(directory: place.url).startRun(
            RunDescription(kind: "torture", seed: 0, configJSON: "{}"))
        try Data(count: 1 << 20).write(to: ballast)
        let handle = try recorder.metric(TorturePoints.metricName(0))
        var (step, acknowledged) = (0, 0)
        var failure: TrackingError?
        while failure == nil {
            for _ in 0..<1_000 {
                try handle.log(step: step, value: TorturePoints.value(0, step: step))
                step += 1
            }
            do {
                try recorder.flush()
                acknowledged = step
            } catch let error as TrackingError {
                failure = error
            }
        }
        if case .diskFull = failure {
        } else {
            problems.append("told instead: \(failure.map(String.init(describing:)) ?? "")")
        }
        let full = acknowledged
        // As long as there is no room: readers work, the acknowledged points are there, new ones are kept in memory.
        let reader = try Workspace.openReadOnly(place.url)
        let before = try TorturePoints.check(
            recorder.run, metrics: 1, acknowledged: acknowledged, in: reader)
        problems += try reader.problems()
        for _ in 0..<1_000 {
            try handle.log(step: step, value: TorturePoints.value(0, step: step))
            step += 1
        }
        if (try? recorder.finish(.finished)) != nil { problems.append("a run ended on a full disk") }
        try FileManager.default.removeItem(at: ballast)
        try recorder.finish(.finished, exitCode: 0)
        let workspace = try Workspace.openReadOnly(place.url)
        let after = try TorturePoints.check(recorder.run, metrics: 1, acknowledged: step, in: workspace)
        problems += try workspace.problems()
        if try workspace.run("last").status != .finished { problems.append("the run did not end") }
        let isGood = before.lost + after.lost == 0 && problems.isEmpty
        place.remove()
        try TortureReport(
            name: "disk", isGood: isGood, problems: problems,
            figures: [
                ("points acknowledged when the disk was full", full), ("points logged", step),
                ("points found", after.found), ("points lost", before.lost + after.lost),
            ]
        ).write(output)
    }
}
