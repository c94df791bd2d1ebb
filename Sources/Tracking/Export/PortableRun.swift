import Foundation
import GRDB
import StrictJSON

/// Everything that a workspace stores about one run, free of the numbers that only this database gives out: what an
/// export writes and an import reads.
struct PortableRun {
    /// One metric with all its points.
    struct Series {
        var name: String
        var unit: String
        var goal: String
        var points: PointColumns
    }

    /// The columns of the run's row, by name.
    var facts: JSONObject
    var tags: [String] = []
    var series: [Series] = []
    /// Scores of test files, with the columns of the file and the metric.
    var scores: [JSONObject] = []
    var artifacts: [JSONObject] = []
    var events: [JSONObject] = []
    var attempts: [JSONObject] = []

    /// Columns that mean something in one database alone.
    static let localColumns: Set<String> = ["id", "run_id", "file_id", "sweep_id", "trial_no", "parent_id"]

    init(facts: JSONObject) { self.facts = facts }

    /// Reads a run.
    ///
    /// - Parameters:
    ///   - dead: whether the run's process is gone although its row says that it is running.
    ///   - crash: why, then.
    init(_ run: Run.ID, dead: Bool, crash: String?, in database: Database) throws {
        func rows(_ sql: String) throws -> [JSONObject] {
            try Row.fetchAll(database, sql: sql, arguments: [run]).map {
                $0.json(leavingOut: Self.localColumns)
            }
        }
        guard
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT runs.*, parents.uuid AS parent_uuid, sweeps.name AS sweep_name,
                        sweeps.spec_hash AS sweep_hash, sweeps.created_us AS sweep_created_us FROM runs
                    LEFT JOIN runs AS parents ON parents.id = runs.parent_id
                    LEFT JOIN sweeps ON sweeps.id = runs.sweep_id WHERE runs.id = ?
                    """, arguments: [run])
        else { throw TrackingError.notFound(reason: "\(Run.address(of: run)) was removed just now") }
        facts = row.json(leavingOut: Self.localColumns)
        if dead, row["status"] == RunStatus.running.rawValue {
            facts["status"] = .string(RunStatus.crashed.rawValue)
            facts["ended_us"] = JSONValue.integer(Int(max(row["beat_us"] as Int64, row["started_us"])))
            facts["error"] = crash.map(JSONValue.string)
        }
        if let sweep: Int64 = row["sweep_id"] {
            let trial: Int? = row["trial_no"]
            let name: String? = row["sweep_name"]
            facts["sweep"] = .string(
                "sweep\(sweep)" + (name.map { " \($0)" } ?? "") + (trial.map { ", trial \($0)" } ?? ""))
        }
        if let hash = facts["sweep_hash"], let created = facts["sweep_created_us"] {
            var place: JSONObject = ["spec_hash": hash, "created_us": created]
            if let trial: Int = row["trial_no"] { place["trial_no"] = .integer(trial) }
            facts["sweep_place"] = .object(place)
        }
        for key in ["sweep_name", "sweep_hash", "sweep_created_us"] { facts[key] = nil }
        tags = try String.fetchAll(
            database, sql: "SELECT tag FROM tags WHERE run_id = ? ORDER BY tag", arguments: [run])
        events = try rows("SELECT * FROM events WHERE run_id = ? ORDER BY id")
        attempts = try rows("SELECT * FROM attempts WHERE run_id = ? ORDER BY n")
        artifacts = try rows(
            """
            SELECT artifacts.*, eval_files.dataset AS file_dataset, eval_files.path AS file_path,
                eval_files.sha256 AS file_sha256, eval_files.condition AS file_condition
            FROM artifacts LEFT JOIN eval_files ON eval_files.id = file_id WHERE run_id = ? ORDER BY artifacts.id
            """)
        scores = try rows(
            """
            SELECT file_scores.checkpoint, file_scores.value, file_scores.flag, file_scores.undefined_reason,
                file_scores.metric_version, dataset, path, sha256, condition, speaker, seconds,
                name AS metric, unit, goal
            FROM file_scores JOIN eval_files ON eval_files.id = file_scores.file_id
            JOIN metric_names ON metric_names.id = metric_id WHERE run_id = ?
            ORDER BY checkpoint, dataset, path, condition, metric
            """)
        let metrics = try Row.fetchAll(
            database,
            sql: """
                SELECT metric_names.* FROM summary JOIN metric_names ON metric_names.id = metric_id
                WHERE run_id = ? ORDER BY name
                """, arguments: [run])
        series = try metrics.map { row in
            Series(
                name: row["name"], unit: row["unit"], goal: row["goal"],
                points: try PointStore(run: run, metric: row["id"], database: database).read())
        }
    }
}

extension Row {
    /// The columns by name; those without a value are left out.
    func json(leavingOut names: Set<String>) -> JSONObject {
        var object = JSONObject()
        for (name, value) in self where !names.contains(name) {
            switch value.storage {
            case .null, .blob: break
            case .int64(let number): object[name] = .integer(Int(number))
            case .double(let number): object[name] = .number(number)
            case .string(let text): object[name] = .string(text)
            }
        }
        return object
    }
}

// MARK: JSON

extension PortableRun {
    static let format = "workbench-run"
    static let version = 1

    /// Writes the run as one JSON object, piece by piece: a series of a million points is 40 MB of text.
    func write(files: [JSONObject], to put: (String) throws -> Void) throws {
        func list(_ objects: [JSONObject]) -> String {
            if objects.isEmpty { return "[]" }
            return "[\n" + objects.map { JSONValue.object($0).canonicalText }.joined(separator: ",\n") + "\n]"
        }
        try put(
            """
            {"format":"\(Self.format)","version":\(Self.version),"schema":\(Schema.version),
            "run":\(JSONValue.object(facts).canonicalText),
            "tags":\(JSONValue(tags).canonicalText),
            "attempts":\(list(attempts)),
            "events":\(list(events)),
            "artifacts":\(list(artifacts)),
            "files":\(list(files)),
            "scores":\(list(scores)),
            "metrics":[
            """)
        for (index, series) in series.enumerated() {
            let head: JSONObject = [
                "name": .string(series.name), "unit": .string(series.unit), "goal": .string(series.goal),
            ]
            try put((index > 0 ? ",\n" : "\n") + JSONValue.object(head).canonicalText.dropLast())
            try put(",\n\"steps\":[" + series.points.steps.map(String.init).joined(separator: ",") + "]")
            try put(",\n\"times_us\":[" + series.points.times.map(String.init).joined(separator: ",") + "]")
            try put(",\n\"values\":[" + series.points.values.map(Self.text).joined(separator: ",") + "]}")
        }
        try put("\n]}\n")
    }

    /// A number as JSON: the shortest text that reads back as the same one. What JSON lacks becomes a string.
    private static func text(_ value: Double) -> String {
        if value.isNaN { return "\"nan\"" }
        if value.isInfinite { return value > 0 ? "\"inf\"" : "\"-inf\"" }
        return "\(value)"
    }
}
