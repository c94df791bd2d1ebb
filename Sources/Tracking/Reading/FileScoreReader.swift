import GRDB

/// Reads many scores fast: what they share, the facts of a file and of a metric, is read once.
struct FileScoreReader {
    private struct File {
        var dataset, path, digest, condition, speaker: String
        var seconds: Double?
    }

    private struct Metric {
        var name, unit: String
        var goal: MetricGoal
    }

    private struct Score {
        var checkpoint: Int
        var file: Int64
        var metric: Int64
        var version: Int
        var result: FileScore.Result
    }

    private let database: Database
    private var checkpoints: [String] = []
    private var files: [Int64: File] = [:]
    private var metrics: [Int64: Metric] = [:]
    private var scores: [Score] = []

    init(database: Database) {
        self.database = database
    }

    /// Reads the scores of one checkpoint.
    mutating func read(run: Run.ID, checkpoint: String) throws {
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: """
                    SELECT file_id, metric_id, value, flag, undefined_reason, metric_version
                    FROM file_scores WHERE run_id = ? AND checkpoint = ?
                    """),
            arguments: [run, checkpoint])
        while let row = try rows.next() {
            let (file, metric): (Int64, Int64) = (row[0], row[1])
            if files[file] == nil { files[file] = try self.file(file) }
            if metrics[metric] == nil { metrics[metric] = try self.metric(metric) }
            let reason: String? = row[4]
            scores.append(
                Score(
                    checkpoint: checkpoints.count, file: file, metric: metric, version: row[5],
                    result: reason.map { .undefined(reason: $0) }
                        ?? .value(ValueFlag.number(row[2], flag: row[3]))))
        }
        checkpoints.append(checkpoint)
    }

    private func file(_ id: Int64) throws -> File? {
        try Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT dataset, path, sha256, condition, speaker, seconds FROM eval_files WHERE id = ?"),
            arguments: [id]
        ).map {
            File(
                dataset: $0[0], path: $0[1], digest: $0[2], condition: $0[3], speaker: $0[4], seconds: $0[5])
        }
    }

    private func metric(_ id: Int64) throws -> Metric? {
        try Row.fetchOne(
            database.cachedStatement(sql: "SELECT name, unit, goal FROM metric_names WHERE id = ?"),
            arguments: [id]
        ).map {
            Metric(name: $0[0], unit: $0[1], goal: MetricGoal(rawValue: $0[2]) ?? .none)
        }
    }

    /// What was read, in the order of dataset, checkpoint, path, class and metric.
    func sorted() -> [StoredFileScore] {
        // Names are compared once for each file and metric, numbers for each score.
        let fileOrder = Self.ranks(files) { ($0.dataset, $0.path + "\u{0}" + $0.condition) }
        let setOrder = Self.ranks(files) { ($0.dataset, "") }
        let metricOrder = Self.ranks(metrics) { ($0.name, "") }
        func key(_ score: Score) -> (Int, Int, Int, Int) {
            (
                setOrder[score.file] ?? 0, score.checkpoint, fileOrder[score.file] ?? 0,
                metricOrder[score.metric] ?? 0
            )
        }
        return scores.map { (key: key($0), score: $0) }.sorted { $0.key < $1.key }.compactMap { entry in
            let score = entry.score
            guard let file = files[score.file], let metric = metrics[score.metric] else { return nil }
            return StoredFileScore(
                checkpoint: checkpoints[score.checkpoint], dataset: file.dataset, unit: metric.unit,
                goal: metric.goal,
                score: FileScore(
                    file: file.path, condition: file.condition, speaker: file.speaker, seconds: file.seconds,
                    sha256: file.digest.isEmpty ? nil : file.digest, metric: metric.name,
                    metricVersion: score.version, result: score.result))
        }
    }

    /// The places of entries in the order of two texts, as the database compares them; equal texts share a place.
    private static func ranks<Entry>(
        _ entries: [Int64: Entry], by texts: (Entry) -> (String, String)
    ) -> [Int64: Int] {
        let sorted = entries.map { (id: $0.key, text: texts($0.value)) }.sorted { first, second in
            first.text.0 == second.text.0
                ? first.text.1.utf8.lexicographicallyPrecedes(second.text.1.utf8)
                : first.text.0.utf8.lexicographicallyPrecedes(second.text.0.utf8)
        }
        var ranks: [Int64: Int] = [:]
        var rank = 0
        for (place, entry) in sorted.enumerated() {
            if place > 0, sorted[place - 1].text != entry.text { rank += 1 }
            ranks[entry.id] = rank
        }
        return ranks
    }
}
