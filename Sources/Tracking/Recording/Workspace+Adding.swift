import Foundation
import GRDB

extension Workspace {
    /// Stores scores of a test set's files with a run, whether it still runs or not.
    ///
    /// Scores of the same checkpoint, file and metric are replaced.
    public func addFileScores(
        run: Run.ID, checkpoint: String, dataset: String, _ scores: [FileScore]
    ) throws {
        try write { database in
            for score in scores {
                let file = try Self.fileID(of: score, dataset: dataset, in: database)
                let metric = try MetricNames.id(of: score.metric, in: database)
                var value: Double?
                var flag = ValueFlag.undefined
                var reason: String?
                switch score.result {
                case .value(let number):
                    flag = ValueFlag(number)
                    value = flag == .finite ? number : nil
                case .undefined(let text):
                    reason = text
                }
                try database.cachedStatement(
                    sql: """
                        INSERT OR REPLACE INTO file_scores
                            (run_id, checkpoint, file_id, metric_id, value, flag, undefined_reason, metric_version)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        """
                ).execute(arguments: [
                    run, checkpoint, file, metric, value, flag.rawValue, reason, score.metricVersion,
                ])
            }
        }
    }

    private static func fileID(
        of score: FileScore, dataset: String, in database: Database
    ) throws -> Int64 {
        let key: StatementArguments = [dataset, score.file, score.sha256 ?? "", score.condition]
        try database.cachedStatement(
            sql: """
                INSERT INTO eval_files (dataset, path, sha256, condition, seconds, speaker)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET speaker = excluded.speaker WHERE excluded.speaker <> ''
                """
        ).execute(arguments: key + [score.seconds, score.speaker])
        let id = try Int64.fetchOne(
            database,
            sql: "SELECT id FROM eval_files WHERE dataset = ? AND path = ? AND sha256 = ? AND condition = ?",
            arguments: key)
        guard let id else { throw DatabaseError(message: "the file '\(score.file)' was not entered") }
        return id
    }

    /// Notes something about a run.
    public func addEvent(run: Run.ID, _ level: EventLevel, _ title: String, body: String = "") throws {
        try write { try Self.addEvent(run: run, level, title, body: body, in: $0) }
    }

    static func addEvent(
        run: Run.ID, _ level: EventLevel, _ title: String, body: String = "", in database: Database
    ) throws {
        try database.execute(
            sql: "INSERT INTO events (run_id, at_us, level, title, body) VALUES (?, ?, ?, ?, ?)",
            arguments: [run, Date().microseconds, level.rawValue, title, body])
    }

    /// Puts a label on a run.
    public func addTag(run: Run.ID, _ tag: String) throws {
        try write { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO tags (run_id, tag) VALUES (?, ?)", arguments: [run, tag])
        }
    }
}
