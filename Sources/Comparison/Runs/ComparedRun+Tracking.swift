import Tracking

extension Direction {
    public init(_ goal: MetricGoal) {
        switch goal {
        case .max: self = .max
        case .min: self = .min
        case .none: self = .none
        }
    }
}

extension ComparedRun {
    /// What is stored about runs, without their points: summaries are enough.
    ///
    /// Scores of checkpoints that are the same in every run, such as the input's, are read only where they are asked for
    /// or runs share no others.
    public static func load(
        _ runs: [Run], in workspace: Workspace, _ options: ComparisonOptions
    ) throws -> [ComparedRun] {
        let names = try runs.map { Set(try workspace.checkpoints(of: $0.id)) }
        let trained = names.map { names in names.filter { !options.isFixed($0) } }
        let areEnough = trained.dropFirst().contains { !$0.isDisjoint(with: trained[0]) }
        return try zip(runs, names).map { run, names in
            let read = names.filter { !areEnough || !options.isFixed($0) || $0 == options.checkpoint }
            return try ComparedRun(run, in: workspace, checkpoints: names, reading: read)
        }
    }

    private init(
        _ run: Run, in workspace: Workspace, checkpoints: Set<String>, reading: Set<String>
    ) throws {
        self.init(
            address: run.address, name: run.name, status: run.status.rawValue, seed: run.seed,
            group: [run.groupHash ?? run.configHash, run.datasetHash].compactMap(\.self).joined(
                separator: " "),
            lastStep: run.lastStep, seconds: run.duration(),
            testHash: run.evalHash,
            trainingHash: run.datasetHash, mainMetric: run.mainMetric,
            code: run.gitCommit.map { $0.prefix(10) + (run.gitDirty == true ? "+changes" : "") },
            program: run.codeHash,
            parameters: Dictionary(
                try workspace.parameters(of: run.id).map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }),
            metrics: try workspace.summaries(of: run.id).map(Metric.init),
            scores: try workspace.fileScores(
                of: run.id, checkpoints: reading
            ).map(Score.init), checkpoints: checkpoints)
    }
}

extension ComparedRun.Metric {
    fileprivate init(_ summary: MetricSummary) {
        self.init(
            name: summary.metric, unit: summary.unit, goal: Direction(summary.goal), count: summary.count,
            last: summary.last, minimum: summary.minimum, maximum: summary.maximum, mean: summary.mean)
    }
}

extension ComparedRun.Score {
    fileprivate init(_ stored: StoredFileScore) {
        self.init(
            dataset: stored.dataset, checkpoint: stored.checkpoint, file: stored.score.file,
            condition: stored.score.condition, speaker: stored.score.speaker, sha256: stored.score.sha256,
            metric: stored.score.metric,
            version: stored.score.metricVersion, unit: stored.unit, goal: Direction(stored.goal),
            value: stored.score.value)
    }
}
