import Tracking

/// What differs between runs. The first run is the reference.
struct RunComparison {
    /// One run with what is stored about it.
    struct Member {
        var run: Run
        var parameters: [String: String]
        var summaries: [String: MetricSummary]
        var scores: [StoredFileScore]
    }

    /// A configuration key whose value is not the same in all runs; nil where a run lacks it.
    struct ChangedKey: Equatable {
        var key: String
        var values: [String?]
    }

    /// A metric with its value in each run: the best one where the metric has a goal, else the last.
    struct MetricRow {
        var metric: String
        var goal: MetricGoal
        var values: [Double?]

        /// The index of the run with the best value; nil without a goal, with a tie or with a missing value.
        var better: Int? {
            let known = values.enumerated().compactMap { index, value in
                value.flatMap { $0.isFinite ? (index: index, value: $0) : nil }
            }
            guard goal != .none, known.count > 1 else { return nil }
            let sorted = known.sorted { goal == .max ? $0.value > $1.value : $0.value < $1.value }
            return sorted[0].value == sorted[1].value ? nil : sorted[0].index
        }
    }

    /// The same files scored by two runs.
    struct ScoreRow {
        var dataset: String
        var checkpoint: String
        var condition: String
        var metric: String
        var goal: MetricGoal
        /// The index of the run that is compared with the first.
        var other: Int
        var difference: PairedDifference
    }

    let members: [Member]
    let keyCount: Int
    let changedKeys: [ChangedKey]
    let metrics: [MetricRow]
    let scores: [ScoreRow]

    init(_ runs: [Run], in workspace: Workspace) throws {
        let members = try runs.map { run in
            Member(
                run: run,
                parameters: Dictionary(
                    try workspace.parameters(of: run.id).map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }),
                summaries: Dictionary(
                    try workspace.summaries(of: run.id).map { ($0.metric, $0) }, uniquingKeysWith: { $1 }),
                scores: try workspace.fileScores(of: run.id))
        }
        self.members = members
        let keys = Set(members.flatMap(\.parameters.keys)).sorted()
        keyCount = keys.count
        changedKeys = keys.compactMap { key in
            let values = members.map { $0.parameters[key] }
            return Set(values).count > 1 ? ChangedKey(key: key, values: values) : nil
        }
        metrics = Set(members.flatMap(\.summaries.keys)).sorted().map { metric in
            MetricRow(
                metric: metric,
                goal: members.compactMap { $0.summaries[metric]?.goal }.first ?? .none,
                values: members.map { $0.summaries[metric]?.best?.value })
        }
        scores = members.indices.dropFirst().flatMap { Self.scoreRows(members[0], members[$0], other: $0) }
    }

    /// Whether the runs were scored on the same test set; nil where a run does not say.
    var haveSameTestSet: Bool? { Self.haveSameTestSet(members.map(\.run)) }

    private static func haveSameTestSet(_ runs: [Run]) -> Bool? {
        let hashes = runs.compactMap(\.evalHash)
        return hashes.count == runs.count ? Set(hashes).count == 1 : nil
    }

    /// The checkpoints that every pair with the first run shares, the unprocessed input first.
    var checkpoints: [String] { ScoreTable.ordered(Set(scores.map(\.checkpoint))) }

    /// The result that is printed by class when none is asked for: the last checkpoint's, else the best one's, else
    /// any network's.
    var mainCheckpoint: String? {
        let known = checkpoints
        for name in ["last", "best"] where known.contains(name) { return name }
        return known.last { !ScoreTable.isInput($0) } ?? known.last
    }

    // MARK: Pairing files

    /// What makes two scores comparable. In equal test sets that is the name of a file; in different ones its
    /// content alone, under whatever names and in whatever lists.
    private struct ScoreKey: Hashable {
        var checkpoint, metric, condition, dataset, file: String

        /// Nil where the content would have to be known and is not.
        init?(_ stored: StoredFileScore, byContent: Bool) {
            checkpoint = stored.checkpoint
            metric = stored.score.metric
            guard byContent else {
                (condition, dataset, file) = (stored.score.condition, stored.dataset, stored.score.file)
                return
            }
            guard let digest = stored.score.sha256, !digest.isEmpty else { return nil }
            (condition, dataset, file) = ("", "", digest)
        }
    }

    private struct GroupKey: Hashable, Comparable {
        var dataset, checkpoint, metric: String
        /// The class of all files together sorts behind the classes.
        var isAll: Bool
        var condition: String

        static func < (first: GroupKey, second: GroupKey) -> Bool {
            let a = [first.dataset, first.checkpoint, first.metric, first.isAll ? "1" : "0", first.condition]
            let b = [
                second.dataset, second.checkpoint, second.metric, second.isAll ? "1" : "0", second.condition,
            ]
            return a.lexicographicallyPrecedes(b)
        }
    }

    /// Pairs the files that both runs scored. When the test sets are known to differ, equal names do not mean
    /// equal files: then only files whose content is known to be the same are paired.
    private static func scoreRows(_ first: Member, _ second: Member, other: Int) -> [ScoreRow] {
        let byContent = haveSameTestSet([first.run, second.run]) == false
        var known: [ScoreKey: StoredFileScore] = [:]
        for stored in first.scores {
            if let key = ScoreKey(stored, byContent: byContent) { known[key] = stored }
        }
        var groups: [GroupKey: [(first: Double, second: Double)]] = [:]
        var goals: [String: MetricGoal] = [:]
        for stored in second.scores {
            guard let key = ScoreKey(stored, byContent: byContent), let partner = known[key],
                let a = partner.score.value, let b = stored.score.value, a.isFinite, b.isFinite
            else { continue }
            let (dataset, condition) = (partner.dataset, partner.score.condition)
            goals[key.metric] = stored.goal
            for isAll in [false, true] {
                let group = GroupKey(
                    dataset: dataset, checkpoint: key.checkpoint, metric: key.metric, isAll: isAll,
                    condition: isAll ? ScoreTable.all : condition)
                groups[group, default: []].append((a, b))
            }
        }
        return groups.keys.sorted().compactMap { group in
            let goal = goals[group.metric] ?? .none
            let name = "\(group.dataset)/\(group.checkpoint)/\(group.metric)/\(group.condition)"
            guard let pairs = groups[group], !(group.condition.isEmpty && !group.isAll),
                let difference = PairedDifference(pairs, goal: goal, key: name)
            else { return nil }
            return ScoreRow(
                dataset: group.dataset, checkpoint: group.checkpoint, condition: group.condition,
                metric: group.metric, goal: goal, other: other, difference: difference)
        }
    }
}
