import GRDB

/// What is stored with a run beside its points: in the database, or as a line of a spill while that is locked.
enum RunRecord: Sendable, Equatable {
    /// - Parameter time: microseconds since 1970.
    case event(EventLevel, title: String, body: String, time: Int64)
    case scores([FileScore], checkpoint: String, dataset: String)
    case artifact(ArtifactRow)
    /// Artifacts in place of those that the run had under this kind and role.
    case replacement([ArtifactRow], kind: String, role: String)
    /// Takes artifacts of a kind out of the list whose role is none of these.
    case roles([String], kind: String)
    case tag(String)
    case metric(String, unit: String, goal: MetricGoal)

    /// Writes it into the tables.
    ///
    /// - Parameter isRepeat: whether it may have been entered before, as lines of a spill may; then it is not entered
    ///   twice.
    func enter(_ run: Run.ID, isRepeat: Bool = false, in database: Database) throws {
        switch self {
        case .event(let level, let title, let body, let time):
            if isRepeat, try Self.hasEvent(run, title, time, in: database) { return }
            try database.execute(
                sql: "INSERT INTO events (run_id, at_us, level, title, body) VALUES (?, ?, ?, ?, ?)",
                arguments: [run, time, level.rawValue, title, body])
        case .scores(let scores, let checkpoint, let dataset):
            for score in scores {
                try score.enter(run, checkpoint: checkpoint, dataset: dataset, in: database)
            }
        case .artifact(let row):
            if isRepeat, try row.isPresent(run, in: database) { return }
            try row.enter(run, in: database)
        case .replacement(let rows, let kind, let role):
            try database.execute(
                sql: "DELETE FROM artifacts WHERE run_id = ? AND kind = ? AND role = ?",
                arguments: [run, kind, role])
            for row in rows { try row.enter(run, in: database) }
        case .roles(let roles, let kind):
            let known = try String.fetchAll(
                database, sql: "SELECT DISTINCT role FROM artifacts WHERE run_id = ? AND kind = ?",
                arguments: [run, kind])
            for role in Set(known).subtracting(roles) {
                try database.execute(
                    sql: "DELETE FROM artifacts WHERE run_id = ? AND kind = ? AND role = ?",
                    arguments: [run, kind, role])
            }
        case .tag(let tag):
            try database.execute(
                sql: "INSERT OR IGNORE INTO tags (run_id, tag) VALUES (?, ?)", arguments: [run, tag])
        case .metric(let name, let unit, let goal):
            try database.execute(
                sql: """
                    INSERT INTO metric_names (name, unit, goal) VALUES (?, ?, ?)
                    ON CONFLICT (name) DO UPDATE SET unit = excluded.unit, goal = excluded.goal
                    """,
                arguments: [name, unit, goal.rawValue])
        }
    }

    private static func hasEvent(
        _ run: Run.ID, _ title: String, _ time: Int64, in database: Database
    ) throws -> Bool {
        try Bool.fetchOne(
            database,
            sql: "SELECT EXISTS (SELECT 1 FROM events WHERE run_id = ? AND at_us = ? AND title = ?)",
            arguments: [run, time, title]) ?? false
    }
}

/// A row of the table of artifacts.
struct ArtifactRow: Sendable, Equatable {
    var kind: String
    var role: String
    var name: String
    var step: Int?
    /// Where it lies in the run's own folder; nil for a file that is stored by its content.
    var path: String?
    var sha256: String
    var bytes: Int
    var mime: String
    /// Microseconds since 1970.
    var created: Int64
    var facts = ArtifactFacts()

    var isBest: Bool { facts.isBest || role == "best" }
    var isLast: Bool { facts.isLast || role == "last" }

    /// - Returns: its number.
    @discardableResult
    func enter(_ run: Run.ID, in database: Database) throws -> Int64 {
        let file = try facts.file.map { try Self.fileID(of: $0, dataset: facts.dataset ?? "", in: database) }
        try database.cachedStatement(
            sql: """
                INSERT INTO artifacts (run_id, step, kind, role, name, path, sha256, bytes, mime, created_us,
                    file_id, rate, seconds, loudness_db, pinned, is_best, is_last)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            run, step, kind, role, name, path, sha256, bytes, mime, created,
            file, facts.rate, facts.seconds, facts.loudness, facts.isPinned, isBest, isLast,
        ])
        return database.lastInsertedRowID
    }

    func isPresent(_ run: Run.ID, in database: Database) throws -> Bool {
        try Bool.fetchOne(
            database,
            sql: """
                SELECT EXISTS (SELECT 1 FROM artifacts
                WHERE run_id = ? AND kind = ? AND role = ? AND name = ? AND sha256 = ? AND created_us = ?)
                """, arguments: [run, kind, role, name, sha256, created]) ?? false
    }

    /// The entry of a test file, which scores may have made already.
    private static func fileID(of path: String, dataset: String, in database: Database) throws -> Int64 {
        let known = try Int64.fetchOne(
            database, sql: "SELECT id FROM eval_files WHERE dataset = ? AND path = ? ORDER BY id LIMIT 1",
            arguments: [dataset, path])
        if let known { return known }
        try database.execute(
            sql: "INSERT INTO eval_files (dataset, path) VALUES (?, ?)", arguments: [dataset, path])
        return database.lastInsertedRowID
    }
}

extension FileScore {
    /// Enters the score; one of the same checkpoint, file and metric is replaced.
    func enter(_ run: Run.ID, checkpoint: String, dataset: String, in database: Database) throws {
        let metricID = try MetricNames.id(of: metric, in: database)
        var value: Double?
        var flag = ValueFlag.undefined
        var reason: String?
        switch result {
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
            run, checkpoint, try fileID(dataset, in: database), metricID, value, flag.rawValue, reason,
            metricVersion,
        ])
    }

    private func fileID(_ dataset: String, in database: Database) throws -> Int64 {
        let key: StatementArguments = [dataset, file, sha256 ?? "", condition]
        try database.cachedStatement(
            sql: """
                INSERT INTO eval_files (dataset, path, sha256, condition, seconds, speaker)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET speaker = excluded.speaker WHERE excluded.speaker <> ''
                """
        ).execute(arguments: key + [seconds, speaker])
        let id = try Int64.fetchOne(
            database,
            sql: "SELECT id FROM eval_files WHERE dataset = ? AND path = ? AND sha256 = ? AND condition = ?",
            arguments: key)
        guard let id else { throw DatabaseError(message: "the file '\(file)' was not entered") }
        return id
    }
}
