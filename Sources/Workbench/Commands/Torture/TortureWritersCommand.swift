import ArgumentParser
import Foundation
import Tracking

/// `workbench torture writers`: many processes log into one workspace while another reads it.
struct TortureWritersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "writers", abstract: "Log from many processes at once while this one reads.")

    @Option(help: "Processes that log.") var processes = 8
    @Option(help: "Steps that each of them logs.") var steps = 50_000
    @Option(help: "Metrics that each of them logs.") var metrics = 4
    @Option(help: "Where to make the workspace, which is removed unless something was lost.") var folder:
        String?
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard processes > 0, steps > 0, metrics > 0 else {
            throw ValidationError("--processes, --steps and --metrics take 1 or more")
        }
    }

    func run() throws {
        let place = TortureFolder(folder, "writers")
        // They also race to make the workspace.
        let victims = try (0..<processes).map {
            try TortureVictim(workspace: place.url, metrics: metrics, steps: steps, seed: $0)
        }
        var problems: [String] = []
        var (reads, lost) = (0, 0)
        while victims.contains(where: { $0.process.isRunning }) {
            if FileManager.default.fileExists(atPath: place.url.path) {
                do {
                    lost += try readOnce(place.url)
                    reads += 1
                } catch TrackingError.workspaceMissing {
                    // Not made yet.
                } catch {
                    problems.append("reader: \(error)")
                }
            }
            usleep(50_000)
        }
        for victim in victims {
            let result = victim.result()
            if !result.complaint.isEmpty { problems.append(result.complaint) }
            if result.acknowledged != steps { problems.append("\(result.run ?? "a writer") did not finish") }
        }
        let workspace = try Workspace.openReadOnly(place.url)
        let runs = try workspace.runs()
        if runs.count != processes { problems.append("\(runs.count) runs of \(processes)") }
        var found = 0
        for run in runs {
            if run.status != .finished { problems.append("\(run.address) is \(run.status.rawValue)") }
            let points = try TorturePoints.check(
                run.id, metrics: metrics, acknowledged: steps, in: workspace)
            lost += points.lost
            found += points.found
        }
        problems += try workspace.problems()
        let isGood = lost == 0 && problems.isEmpty
        if isGood { place.remove() }
        try TortureReport(
            name: "writers", isGood: isGood, problems: problems,
            figures: [
                ("processes", processes), ("points logged", processes * steps * metrics),
                ("points found", found), ("points lost", lost), ("reads meanwhile", reads),
            ]
        ).write(output)
    }

    /// Reads as a list and a curve do.
    ///
    /// - Returns: how many points were wrong.
    private func readOnce(_ folder: URL) throws -> Int {
        let workspace = try Workspace.openReadOnly(folder)
        var wrong = 0
        for run in try workspace.runs() {
            if ![.running, .finished, .stalled].contains(run.status) { wrong += 1 }
            guard let summary = try workspace.summaries(of: run.id).first else { continue }
            let curve = try workspace.curve(of: run.id, metric: summary.metric, pieces: 100)
            // The curve is read later and may know more.
            if curve.reduce(0, { $0 + $1.count + $1.nonFiniteCount }) < summary.count { wrong += 1 }
        }
        return wrong
    }
}
