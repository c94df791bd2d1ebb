import Foundation
import GRDB

extension Workspace {
    /// The names under which a run's test scores are stored ("input", "last"), sorted.
    public func checkpoints(of run: Run.ID) throws -> [String] {
        try read { database in
            // From one name to the next in the index; a plain DISTINCT would read every score.
            try String.fetchAll(
                database,
                sql: """
                    WITH RECURSIVE names(name) AS (
                        SELECT min(checkpoint) FROM file_scores WHERE run_id = :run
                        UNION ALL
                        SELECT (SELECT min(checkpoint) FROM file_scores
                            WHERE run_id = :run AND checkpoint > name)
                        FROM names WHERE name IS NOT NULL)
                    SELECT name FROM names WHERE name IS NOT NULL
                    """,
                arguments: ["run": run])
        }
    }

    /// The scores of test files stored with a run, in the order of dataset, checkpoint, file and metric.
    ///
    /// - Parameter checkpoints: which to read; nil for all.
    public func fileScores(
        of run: Run.ID, checkpoints: Set<String>? = nil
    ) throws -> [StoredFileScore] {
        let names = try self.checkpoints(of: run).filter { checkpoints?.contains($0) ?? true }
        return try read { database in
            var reader = FileScoreReader(database: database)
            for name in names { try reader.read(run: run, checkpoint: name) }
            return reader.sorted()
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
