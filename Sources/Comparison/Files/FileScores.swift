/// Names one table of scores: a metric of one checkpoint on one test set.
struct ScoreKey: Hashable, Comparable {
    /// Empty where files are matched by content, whatever list they stand in.
    var dataset: String
    var checkpoint: String
    var metric: String

    static func < (first: ScoreKey, second: ScoreKey) -> Bool {
        (first.dataset, first.checkpoint, first.metric) < (second.dataset, second.checkpoint, second.metric)
    }
}

/// Names a file of a test set, in a way that two runs share.
struct FileKey: Hashable, Comparable {
    /// Empty where files are matched by content.
    var condition: String
    /// The name, or the digest of the content.
    var file: String

    static func < (first: FileKey, second: FileKey) -> Bool {
        (first.condition, first.file) < (second.condition, second.file)
    }
}

/// The scores of one run, by table and file.
struct FileScores {
    /// One table.
    struct Table {
        var goal: Direction
        var unit: String
        var version: Int
        /// Finite values.
        var values: [FileKey: Double] = [:]
        /// How many files have no finite value.
        var undefined = 0
    }

    private(set) var tables: [ScoreKey: Table] = [:]
    /// What is known of a file beside its scores.
    struct Name {
        var dataset: String
        /// What people call it.
        var file: String
        var condition: String
        var speaker: String
    }

    private(set) var names: [FileKey: Name] = [:]
    /// Digests of the files' contents, where they are known.
    private(set) var digests: [FileKey: String] = [:]

    /// - Parameters:
    ///   - byContent: matches files by their digest alone, leaving out those without one. In equal test sets a
    ///     name is enough; in different ones equal names do not mean equal files.
    ///   - checkpoints: which to read.
    init(_ scores: [ComparedRun.Score], byContent: Bool, checkpoints: Set<String>) {
        for score in scores where checkpoints.contains(score.checkpoint) {
            var file = FileKey(condition: score.condition, file: score.file)
            if byContent {
                guard let digest = score.sha256, !digest.isEmpty else { continue }
                file = FileKey(condition: "", file: digest)
            }
            let key = ScoreKey(
                dataset: byContent ? "" : score.dataset, checkpoint: score.checkpoint, metric: score.metric)
            if names[file] == nil {
                names[file] = Name(
                    dataset: score.dataset, file: score.file, condition: score.condition,
                    speaker: score.speaker)
                if let digest = score.sha256, !digest.isEmpty { digests[file] = digest }
            }
            var table = tables[key] ?? Table(goal: score.goal, unit: score.unit, version: score.version)
            // Without the reference in the dictionary its values are changed in place.
            tables[key] = nil
            if let value = score.value, value.isFinite {
                table.values[file] = value
            } else {
                table.undefined += 1
            }
            tables[key] = table
        }
    }
}
