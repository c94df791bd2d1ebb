import Foundation
import GRDB

extension Workspace {
    /// The scores of test files stored with a run, in the order of dataset, checkpoint, file and metric.
    public func fileScores(of run: Run.ID) throws -> [StoredFileScore] {
        let rows = try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT checkpoint, dataset, path, sha256, condition, speaker, seconds, name, unit, goal,
                        value, flag, undefined_reason, metric_version
                    FROM file_scores
                    JOIN eval_files ON eval_files.id = file_id
                    JOIN metric_names ON metric_names.id = metric_id
                    WHERE run_id = ? ORDER BY dataset, checkpoint, path, condition, name
                    """,
                arguments: [run])
        }
        return rows.map { row in
            let reason: String? = row["undefined_reason"]
            let digest: String = row["sha256"]
            let result: FileScore.Result =
                if let reason {
                    .undefined(reason: reason)
                } else {
                    .value(ValueFlag.number(row["value"], flag: row["flag"]))
                }
            return StoredFileScore(
                checkpoint: row["checkpoint"], dataset: row["dataset"], unit: row["unit"],
                goal: MetricGoal(rawValue: row["goal"]) ?? .none,
                score: FileScore(
                    file: row["path"], condition: row["condition"], speaker: row["speaker"],
                    seconds: row["seconds"],
                    sha256: digest.isEmpty ? nil : digest, metric: row["name"],
                    metricVersion: row["metric_version"], result: result))
        }
    }

    /// The files stored with a run, in the order they were added.
    public func artifacts(of run: Run.ID) throws -> [Artifact] {
        let rows = try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT artifacts.*, eval_files.path AS file FROM artifacts
                    LEFT JOIN eval_files ON eval_files.id = file_id WHERE run_id = ? ORDER BY artifacts.id
                    """,
                arguments: [run])
        }
        return rows.map { row in
            let digest: String = row["sha256"]
            let path: String? = row["path"]
            let url = path.map { directory(of: run).appendingPathComponent($0) }
            return Artifact(
                id: row["id"], kind: row["kind"], role: row["role"], name: row["name"], step: row["step"],
                file: row["file"], sha256: digest, bytes: row["bytes"], mime: row["mime"],
                rate: row["rate"], seconds: row["seconds"], loudness: row["loudness_db"],
                isPinned: row["pinned"], isBest: row["is_best"], isLast: row["is_last"],
                url: url ?? artifactURL(sha256: digest))
        }
    }

    /// What was noted about a run, oldest first.
    public func events(of run: Run.ID) throws -> [RunEvent] {
        let rows = try read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM events WHERE run_id = ? ORDER BY id", arguments: [run])
        }
        return rows.map { row in
            RunEvent(
                time: Date(microseconds: row["at_us"]), level: EventLevel(rawValue: row["level"]) ?? .info,
                title: row["title"], body: row["body"])
        }
    }

    /// The labels of a run, sorted.
    public func tags(of run: Run.ID) throws -> [String] {
        try read { database in
            try String.fetchAll(
                database, sql: "SELECT tag FROM tags WHERE run_id = ? ORDER BY tag", arguments: [run])
        }
    }
}
