import Foundation
import StrictJSON
import Tracking

/// The objects that `--json` prints: one versioned object a command, on one line, keys in snake_case.
enum JSONOutput {
    /// The version of the printed objects; it changes when a key changes its meaning or goes away.
    static let version = 1

    /// Prints an object with its version.
    static func write(_ members: JSONObject) {
        Terminal.write(text(members))
    }

    /// The object with its version on one line, members sorted by name.
    ///
    /// NaN and the infinities, which JSON lacks, become the strings "nan", "inf" and "-inf".
    static func text(_ members: JSONObject) -> String {
        var members = members
        members["version"] = .integer(version)
        return printable(.object(members)).canonicalText + "\n"
    }

    static func printable(_ value: JSONValue) -> JSONValue {
        switch value {
        case .number(let number) where !number.isFinite:
            number.isNaN ? "nan" : number > 0 ? "inf" : "-inf"
        case .array(let elements): .array(elements.map(printable))
        case .object(let object):
            .object(JSONObject(object.members.map { (key: $0.key, value: printable($0.value)) }))
        default: value
        }
    }

    /// The facts of a run that several commands print.
    static func members(of run: Run) -> JSONObject {
        [
            "run": .string(run.address),
            "name": JSONValue(run.name),
            "kind": .string(run.kind),
            "status": .string(run.status.rawValue),
            "exit_code": JSONValue(run.exitCode),
            "error": JSONValue(run.error),
            "seed": JSONValue(run.seed),
            "last_step": JSONValue(run.lastStep),
            "started": .string(NumberText.timestamp(run.started)),
            "ended": JSONValue(run.ended.map(NumberText.timestamp)),
            "duration_seconds": .number(run.duration()),
        ]
    }

    /// The statistics of a metric.
    static func object(of summary: MetricSummary) -> JSONValue {
        .object([
            "metric": .string(summary.metric),
            "unit": .string(summary.unit),
            "goal": .string(summary.goal.rawValue),
            "count": JSONValue(summary.count),
            "non_finite_count": JSONValue(summary.nonFiniteCount),
            "first": JSONValue(summary.first),
            "last": .number(summary.last),
            "last_step": JSONValue(summary.lastStep),
            "min": JSONValue(summary.minimum),
            "min_step": JSONValue(summary.minimumStep),
            "max": JSONValue(summary.maximum),
            "max_step": JSONValue(summary.maximumStep),
            "mean": JSONValue(summary.mean),
            "standard_deviation": JSONValue(summary.standardDeviation),
        ])
    }
}
