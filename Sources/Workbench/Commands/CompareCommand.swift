import ArgumentParser
import Foundation
import Tracking

/// `workbench compare`: what differs between runs, in configuration and in results.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare runs: configuration, metrics, test scores by file, curves.",
        discussion: "The first run is the reference of all differences.")

    @Argument(help: "Two or more runs: run12, 12, last, or a name.")
    var runs: [String]

    @Option(help: "Whose test scores to print. Default: best, else last.")
    var checkpoint: String?

    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if runs.count < 2 { throw ValidationError("give two or more runs to compare") }
    }

    func run() throws {
        let workspace = try workspaceOptions.openReadOnly()
        let found = try runs.map { try workspace.run($0) }
        guard Set(found.map(\.id)).count == found.count else {
            throw ValidationError("a run was given twice: \(found.map(\.address).joined(separator: ", "))")
        }
        let comparison = try RunComparison(found, in: workspace)
        if let checkpoint, !comparison.checkpoints.contains(checkpoint) {
            let known = comparison.checkpoints
            throw ValidationError(
                "no common test scores of a checkpoint '\(checkpoint)'; "
                    + (known.isEmpty ? "there are none" : "there are \(known.joined(separator: ", "))"))
        }
        if output.json {
            JSONOutput.write(comparison.jsonMembers())
            return
        }
        Terminal.write(
            comparison.rendered(
                checkpoint: checkpoint ?? comparison.mainCheckpoint,
                width: Terminal.outputIsTerminal ? Terminal.width : nil, color: Terminal.usesColor))
        for metric in comparison.curveMetrics { try draw(metric, comparison, workspace) }
    }

    private func draw(_ metric: String, _ comparison: RunComparison, _ workspace: Workspace) throws {
        let lines = try comparison.members.map { member in
            let points = try workspace.series(of: member.run.id, metric: metric).points
            let name = member.run.address + (member.run.name.map { " \($0)" } ?? "")
            return Curve.Line(name: name, points: points.map { (Double($0.step), $0.value) })
        }
        let curve = Curve(
            lines: lines, title: "\n" + TextStyle.bold.applied(to: metric, when: Terminal.usesColor),
            width: min(Terminal.width, 110), usesColor: Terminal.usesColor)
        Terminal.write(curve.rendered())
    }
}

extension RunComparison {
    /// The metrics whose curves are drawn: the main training and the main validation metric that all runs
    /// have logged at two steps or more.
    var curveMetrics: [String] {
        let common = members[0].summaries.values.filter { summary in
            members.allSatisfy { ($0.summaries[summary.metric]?.count ?? 0) > 1 }
        }.sorted { $0.metric < $1.metric }
        let training = common.filter { $0.metric.hasPrefix("train") && $0.goal != .none }
        let main = MainMetric.choose(for: members[0].run, among: common)
        var chosen: [String] = []
        for candidate in [training.first { $0.metric.hasSuffix("/loss") } ?? training.first, main] {
            if let candidate, !chosen.contains(candidate.metric) { chosen.append(candidate.metric) }
        }
        return chosen
    }
}
