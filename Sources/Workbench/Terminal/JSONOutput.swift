import Foundation
import Tracking

/// The objects that `--json` prints: one versioned object a command, keys sorted, in snake_case.
enum JSONOutput {
    /// The version of the printed objects; it changes when a key changes its meaning or goes away.
    static let version = 1

    /// Prints an object with its version.
    static func write(_ members: [String: JSONTree]) {
        Terminal.write(text(members))
    }

    static func text(_ members: [String: JSONTree]) -> String {
        var members = members
        members["version"] = .integer(Int64(version))
        return JSONTree.object(members).text(pretty: true) + "\n"
    }

    /// The facts of a run that several commands print.
    static func members(of run: Run) -> [String: JSONTree] {
        [
            "run": .string(run.address),
            "name": JSONTree(run.name),
            "kind": .string(run.kind),
            "status": .string(run.status.rawValue),
            "exit_code": JSONTree(run.exitCode),
            "error": JSONTree(run.error),
            "seed": Int64(exactly: run.seed).map(JSONTree.integer) ?? .unsigned(run.seed),
            "last_step": JSONTree(run.lastStep),
            "started": .string(NumberText.timestamp(run.started)),
            "ended": JSONTree(run.ended.map(NumberText.timestamp)),
            "duration_seconds": .number(run.duration()),
        ]
    }

    /// The statistics of a metric.
    static func object(of summary: MetricSummary) -> JSONTree {
        .object([
            "metric": .string(summary.metric),
            "unit": .string(summary.unit),
            "goal": .string(summary.goal.rawValue),
            "count": JSONTree(summary.count),
            "non_finite_count": JSONTree(summary.nonFiniteCount),
            "first": JSONTree(summary.first),
            "last": .number(summary.last),
            "last_step": JSONTree(summary.lastStep),
            "min": JSONTree(summary.minimum),
            "min_step": JSONTree(summary.minimumStep),
            "max": JSONTree(summary.maximum),
            "max_step": JSONTree(summary.maximumStep),
            "mean": JSONTree(summary.mean),
            "standard_deviation": JSONTree(summary.standardDeviation),
        ])
    }
}
