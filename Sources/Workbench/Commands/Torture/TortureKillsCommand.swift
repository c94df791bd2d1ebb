import ArgumentParser
import Foundation
import StrictJSON
import Tracking

/// `workbench torture kills`: kills processes that log at random moments and looks for what they were promised.
struct TortureKillsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kills", abstract: "Kill processes that log, with SIGKILL at random moments.",
        discussion: """
            Every third process resumes the run of a killed one. After each kill the acknowledged points are counted and \
            compared, and the file, the references, the statistics and the rollups are checked.
            """)

    @Option(help: "Processes to kill.") var rounds = 150
    @Option(help: "Metrics that each of them logs.") var metrics = 4
    @Option(help: "Of the random moments.") var seed = 1
    @Option(help: "Where to make the workspace, which is removed unless something was lost.") var folder:
        String?
    @Flag(help: "Show no progress.") var quiet = false
    @OptionGroup var output: OutputOptions

    func run() throws {
        let place = TortureFolder(folder, "kills")
        let reporter = ConsoleReporter(isQuiet: quiet)
        reporter.begin("kill", total: rounds, unit: "processes")
        var (acknowledged, found, lost, resumed, notShown) = (0, 0, 0, 0, 0)
        var problems: [String] = []
        var random = UInt64(bitPattern: Int64(seed))
        func next(_ limit: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(random >> 33) % limit
        }
        var last: (run: String, steps: Int)?
        for round in 0..<rounds {
            var resume: String?
            if round % 3 == 2, let last, last.steps > 0 {
                resume = "\(last.run):\(next(last.steps))"
                resumed += 1
            }
            let victim = try TortureVictim(
                workspace: place.url, metrics: metrics, steps: nil, resume: resume, seed: seed &+ round)
            // From before the workspace is open to well into the work.
            usleep(UInt32(next(300_000)))
            victim.kill()
            let result = victim.result()
            if !result.complaint.isEmpty { problems.append("round \(round): \(result.complaint)") }
            reporter.update(round + 1, tail: "\(acknowledged) points acknowledged, \(lost) lost")
            guard let run = result.run else { continue }
            let workspace = try Workspace.openReadOnly(place.url)
            let id = try workspace.run(run).id
            let points = try TorturePoints.check(
                id, metrics: metrics, acknowledged: result.acknowledged, in: workspace)
            acknowledged += result.acknowledged * metrics
            found += points.found
            lost += points.lost
            // What a reader says as soon as three beats are missing.
            let state = try workspace.run(run, now: Date(timeIntervalSinceNow: 6.1)).status
            if state != .crashed { notShown += 1 }
            last = (run, points.found / metrics)
            if round % 10 == 9 || round == rounds - 1 { problems += try workspace.problems() }
        }
        reporter.end()
        let delay = try secondsUntilShown(place.url)
        if delay > 15 { problems.append("a dead run was shown as running for \(delay) s") }
        let isGood = lost == 0 && notShown == 0 && problems.isEmpty
        if isGood { place.remove() }
        try TortureReport(
            name: "kills", isGood: isGood, problems: problems,
            figures: [
                ("processes killed", rounds), ("of these had resumed a run", resumed),
                ("points acknowledged", acknowledged), ("points found", found), ("points lost", lost),
                ("not shown as crashed", notShown), ("seconds until a dead run is shown as crashed", delay),
            ]
        ).write(output)
    }

    /// Kills one more process and waits until a reader calls its run crashed.
    ///
    /// - Returns: whole seconds, rounded up; 60 if it did not come to it.
    private func secondsUntilShown(_ folder: URL) throws -> Int {
        let victim = try TortureVictim(workspace: folder, metrics: 1, steps: nil, seed: seed)
        usleep(500_000)
        victim.kill()
        guard let run = victim.result().run else { return 60 }
        let start = DispatchTime.now().uptimeNanoseconds
        for _ in 0..<600 {
            if try Workspace.openReadOnly(folder).run(run).status == .crashed {
                return Int((Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9).rounded(.up))
            }
            usleep(100_000)
        }
        return 60
    }
}
