import Foundation
import GRDB
import Hashing
import StrictJSON

extension Workspace {
    /// Enters a run that was made elsewhere, in one transaction.
    ///
    /// - Parameters:
    ///   - path: where it comes from, for errors.
    ///   - placeFiles: called with the run's new folder before the transaction ends.
    /// - Returns: the run's number here, or that of the run with the same identity that is here already.
    func enter(
        _ portable: PortableRun, from path: String, placeFiles: (URL) throws -> Void
    ) throws -> (run: Run.ID, isNew: Bool) {
        do {
            return try write { database in
                if let uuid = portable.facts["uuid"]?.stringValue,
                    let known = try Run.ID.fetchOne(
                        database, sql: "SELECT id FROM runs WHERE uuid = ?", arguments: [uuid])
                {
                    return (known, false)
                }
                let id = try Self.enter(portable, path: path, in: database)
                try placeFiles(directory(of: id))
                return (id, true)
            }
        } catch TrackingError.database(_, let reason) {
            // A value that no table takes: the file says what it cannot.
            throw ImportError(path, reason)
        }
    }

    private static func enter(_ portable: PortableRun, path: String, in database: Database) throws -> Run.ID {
        var facts = portable.facts
        let parent = facts["parent_uuid"]?.stringValue
        let sweep = facts["sweep"]?.stringValue
        let place = facts["sweep_place"]?.objectValue
        (facts["parent_uuid"], facts["sweep"], facts["sweep_place"]) = (nil, nil, nil)
        let sweepID = try place.flatMap { try Self.sweep(like: $0, in: database) }
        // A run that was going on elsewhere is not going on here.
        if ["running", "queued"].contains(facts["status"]?.stringValue) {
            facts["status"] = .string(RunStatus.crashed.rawValue)
            facts["ended_us"] = .integer(
                max(facts["beat_us"]?.intValue ?? 0, facts["started_us"]?.intValue ?? 0))
        }
        try insert(facts, into: "runs", path: path, in: database)
        let id = database.lastInsertedRowID
        if let parent {
            try database.execute(
                sql: "UPDATE runs SET parent_id = (SELECT id FROM runs WHERE uuid = ?) WHERE id = ?",
                arguments: [parent, id])
        }
        let config = facts["config_json"]?.stringValue ?? ""
        guard let config = try? JSONValue(parsing: config), case .object = config else {
            throw ImportError(path, "the run's configuration is not a JSON object")
        }
        try insertParameters(config, run: id, in: database)
        try Schema.renewHashes(of: id, database)
        for tag in portable.tags {
            try database.execute(sql: "INSERT INTO tags (run_id, tag) VALUES (?, ?)", arguments: [id, tag])
        }
        for series in portable.series { try enter(series, run: id, path: path, in: database) }
        for row in portable.attempts { try insert(row, into: "attempts", run: id, path: path, in: database) }
        for row in portable.events { try insert(row, into: "events", run: id, path: path, in: database) }
        for row in portable.scores { try enter(score: row, run: id, path: path, in: database) }
        for row in portable.artifacts { try enter(artifact: row, run: id, path: path, in: database) }
        if let sweepID {
            try database.execute(
                sql: "UPDATE runs SET sweep_id = ?, trial_no = ? WHERE id = ?",
                arguments: [sweepID, place?["trial_no"]?.intValue, id])
        } else if let sweep {
            let event: JSONObject = [
                "at_us": .integer(Int(Date().microseconds)), "level": "info",
                "title": .string("imported without its sweep"), "body": .string("it was part of \(sweep)"),
            ]
            try insert(event, into: "events", run: id, path: path, in: database)
        }
        return id
    }

    /// Enters the flattened configuration of a run.
    static func insertParameters(_ config: JSONValue, run: Run.ID, in database: Database) throws {
        for leaf in config.flatten() where !leaf.path.isEmpty {
            try database.cachedStatement(
                sql: "INSERT INTO params (run_id, key, num, txt) VALUES (?, ?, ?, ?)"
            )
            .execute(arguments: [
                run, leaf.path, leaf.value.doubleValue, leaf.value.stringValue ?? leaf.value.canonicalText,
            ])
        }
    }

    private static func enter(
        _ series: PortableRun.Series, run: Run.ID, path: String, in database: Database
    ) throws {
        guard !series.name.isEmpty, MetricGoal(rawValue: series.goal) != nil else {
            throw ImportError(path, "the metric '\(series.name)' has the goal '\(series.goal)'")
        }
        if let step = series.points.steps.first(where: { $0 < 0 }) {
            throw ImportError(path, "the metric '\(series.name)' has the step \(step); steps begin at 0")
        }
        let metric = try metricID(series.name, unit: series.unit, goal: series.goal, in: database)
        var writer = try MetricWriter(of: metric, run: run, in: database)
        _ = try writer.add(series.points, run: run, to: database)
        try writer.pack(run: run, in: database)
    }

    /// The number of a metric; what this workspace says of a metric that it knows stays.
    private static func metricID(
        _ name: String, unit: String, goal: String, in database: Database
    ) throws -> Int64 {
        try database.execute(
            sql: "INSERT INTO metric_names (name, unit, goal) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            arguments: [name, unit, goal])
        return try MetricNames.id(of: name, in: database)
    }

    private static func enter(
        score row: JSONObject, run: Run.ID, path: String, in database: Database
    ) throws {
        var row = row
        guard let metric = row["metric"]?.stringValue, let file = row["path"]?.stringValue else {
            throw ImportError(path, "a score names no metric or no file")
        }
        let metricID = try metricID(
            metric, unit: row["unit"]?.stringValue ?? "", goal: row["goal"]?.stringValue ?? "none",
            in: database)
        let fileID = try evaluationFile(
            dataset: row["dataset"]?.stringValue ?? "", path: file, sha256: row["sha256"]?.stringValue ?? "",
            condition: row["condition"]?.stringValue ?? "", speaker: row["speaker"]?.stringValue ?? "",
            seconds: row["seconds"]?.doubleValue, in: database)
        for key in ["metric", "unit", "goal", "dataset", "path", "sha256", "condition", "speaker", "seconds"]
        {
            row[key] = nil
        }
        row["metric_id"] = .integer(Int(metricID))
        row["file_id"] = .integer(Int(fileID))
        try insert(row, into: "file_scores", run: run, path: path, in: database)
    }

    private static func enter(
        artifact row: JSONObject, run: Run.ID, path: String, in database: Database
    ) throws {
        var row = row
        if let file = row["file_path"]?.stringValue {
            let id = try evaluationFile(
                dataset: row["file_dataset"]?.stringValue ?? "", path: file,
                sha256: row["file_sha256"]?.stringValue ?? "",
                condition: row["file_condition"]?.stringValue ?? "", speaker: "", seconds: nil, in: database)
            row["file_id"] = .integer(Int(id))
        }
        for key in ["file_path", "file_dataset", "file_sha256", "file_condition"] { row[key] = nil }
        try insert(row, into: "artifacts", run: run, path: path, in: database)
    }

    private static func evaluationFile(
        dataset: String, path: String, sha256: String, condition: String, speaker: String, seconds: Double?,
        in database: Database
    ) throws -> Int64 {
        try database.execute(
            sql: """
                INSERT INTO eval_files (dataset, path, sha256, condition, speaker, seconds)
                VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """, arguments: [dataset, path, sha256, condition, speaker, seconds])
        let id = try Int64.fetchOne(
            database,
            sql: "SELECT id FROM eval_files WHERE dataset = ? AND path = ? AND sha256 = ? AND condition = ?",
            arguments: [dataset, path, sha256, condition])
        guard let id else { throw DatabaseError(message: "the file '\(path)' was not entered") }
        return id
    }

    /// Inserts a row whose columns an export names.
    ///
    /// - Parameter orIgnore: whether a row that contradicts one that is there is passed over.
    static func insert(
        _ row: JSONObject, into table: String, run: Run.ID? = nil, orIgnore: Bool = false, path: String,
        in database: Database
    ) throws {
        let known = Set(try database.columns(in: table).map(\.name)).subtracting(["id", "run_id"])
        var names: [String] = []
        var values: [(any DatabaseValueConvertible)?] = []
        if let run {
            names.append("run_id")
            values.append(run)
        }
        for (name, value) in row.members {
            guard known.contains(name) else {
                throw ImportError(path, "this program knows no '\(name)' of \(table); use a newer workbench")
            }
            names.append(name)
            switch value {
            case .null: values.append(nil)
            case .integer(let number): values.append(number)
            case .number(let number): values.append(number)
            case .string(let text): values.append(text)
            default: throw ImportError(path, "'\(name)' of \(table) is \(value.summary)")
            }
        }
        try database.cachedStatement(
            sql:
                "INSERT \(orIgnore ? "OR IGNORE " : "")INTO \(table) (\(names.joined(separator: ", "))) VALUES "
                + "(\(names.map { _ in "?" }.joined(separator: ", ")))"
        ).execute(arguments: StatementArguments(values))
    }
}
