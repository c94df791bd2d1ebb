/// A fact of a run that lists can show, sort by and filter on, beside configuration keys and metrics.
public enum RunAttribute: String, Sendable, CaseIterable {
    case run, uuid, name, kind, status, seed, step, started, ended, duration, tag, note, pinned, archived
    case best, metric
    case bestStep = "best_step"
    case error, exit, sweep, trial, parent, config, dataset, test, commit, dirty, host, cpu, threads, program,
        command

    /// Names that mean the same; the ones that `--json` prints among them.
    static let aliases: [String: RunAttribute] = [
        "id": .run, "tags": .tag, "last_step": .step, "exit_code": .exit, "duration_seconds": .duration,
        "config_hash": .config, "dataset_hash": .dataset, "eval_hash": .test, "git_commit": .commit,
        "git_dirty": .dirty, "main_metric": .metric, "best_metric": .metric, "best_value": .best,
    ]

    init?(name: String) {
        guard let found = RunAttribute(rawValue: name) ?? Self.aliases[name] else { return nil }
        self = found
    }

    /// What values of the attribute are.
    enum Kind {
        /// A run's address, or its number.
        case run
        case number, text, flag
        /// One of the states of a run.
        case status
        case moment
        /// Seconds.
        case span
        /// Labels, of which a run has any number.
        case tags
    }

    var kindOfValue: Kind {
        switch self {
        case .run, .parent: .run
        case .seed, .step, .exit, .threads, .sweep, .trial, .best, .bestStep: .number
        case .status: .status
        case .started, .ended: .moment
        case .duration: .span
        case .tag: .tags
        case .pinned, .archived, .dirty: .flag
        case .uuid, .name, .kind, .note, .error, .config, .dataset, .test, .commit, .host, .cpu, .program,
            .command, .metric:
            .text
        }
    }

    /// The attribute as an expression over a row of `runs`; NULL where a run does not have it.
    ///
    /// - Parameters:
    ///   - dead: a list in parentheses of the runs that the table calls running but whose process is gone.
    ///   - late: such a list of the runs whose process exists and does not come to write.
    ///   - now: microseconds since 1970.
    func expression(dead: String, late: String, now: Int64) -> String {
        switch self {
        case .run: "runs.id"
        case .parent: "runs.parent_id"
        case .sweep: "runs.sweep_id"
        case .trial: "runs.trial_no"
        case .uuid, .name, .kind, .seed, .error, .host, .cpu, .threads, .program: "runs.\(rawValue)"
        case .note: "nullif(runs.note, '')"
        case .step: "runs.last_step"
        case .exit: "runs.exit_code"
        case .started: "runs.started_us"
        case .config: "runs.config_hash"
        case .dataset: "runs.dataset_hash"
        case .test: "runs.eval_hash"
        case .commit: "runs.git_commit"
        case .dirty: "runs.git_dirty"
        case .command: "runs.cmd"
        case .pinned: "(runs.pinned <> 0)"
        case .archived: "(runs.archived_us IS NOT NULL)"
        case .status:
            "CASE WHEN runs.id IN \(dead) THEN 'crashed' WHEN runs.id IN \(late) THEN 'stalled'"
                + " ELSE runs.status END"
        case .ended:
            "CASE WHEN runs.id IN \(dead) THEN max(runs.beat_us, runs.started_us) ELSE runs.ended_us END"
        case .duration:
            "(CASE WHEN runs.id IN \(dead) THEN max(runs.beat_us, runs.started_us) ELSE coalesce(runs.ended_us, \(now)) END"
                + " - runs.started_us) / 1e6"
        case .tag:
            "(SELECT group_concat(tag, char(31)) FROM"
                + " (SELECT tag FROM tags WHERE run_id = runs.id ORDER BY tag))"
        case .metric: Self.ofMainMetric { names, _ in "\(names).name" }
        case .best:
            Self.ofMainMetric { names, table in
                MetricStatistic.bestExpression(goal: "\(names).goal", of: table)
            }
        case .bestStep:
            Self.ofMainMetric { names, table in
                "CASE \(names).goal WHEN 'max' THEN \(table).max_step WHEN 'min' THEN \(table).min_step"
                    + " ELSE \(table).last_step END"
            }
        }
    }

    /// What expressions are about: runs, each with the statistics of the metric that it names as its main one.
    static let source = """
        runs LEFT JOIN metric_names AS main_names ON main_names.name = runs.main_metric
        LEFT JOIN summary AS main ON main.run_id = runs.id AND main.metric_id = main_names.id
        """

    /// Something of the metric that stands for a run: its own choice, else the first validation metric with a goal,
    /// losses first.
    ///
    /// - Parameter expression: given the names of the tables of metrics and of statistics.
    private static func ofMainMetric(_ expression: (String, String) -> String) -> String {
        """
        CASE WHEN main.run_id IS NOT NULL THEN \(expression("main_names", "main")) ELSE
        (SELECT \(expression("metric_names", "summary"))
            FROM summary JOIN metric_names ON metric_names.id = metric_id
            WHERE run_id = runs.id AND goal <> 'none' AND name GLOB 'val*'
            ORDER BY name GLOB '*/loss' DESC, name LIMIT 1) END
        """
    }
}
