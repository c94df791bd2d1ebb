import StrictJSON
import Tracking

extension SweepObjective {
    /// What a run came to by this objective.
    ///
    /// - Throws: `SweepObjectiveError` when the run has no such metric or no finite value of it, and what reading the
    ///   database throws.
    public func value(of run: Run.ID, in workspace: Workspace) throws -> Double {
        if isOfTest { return try testMean(of: run, in: workspace) }
        let summaries = try workspace.summaries(of: run)
        guard let summary = summaries.first(where: { $0.metric == metric }) else {
            throw SweepObjectiveError.unknown(metric: metric, known: summaries.map(\.metric))
        }
        let value = at == .last ? summary.last : goal == .min ? summary.minimum : summary.maximum
        guard let value, value.isFinite else { throw SweepObjectiveError.notFinite(metric: metric) }
        return value
    }

    /// The mean over the test files, of the best weights where they were scored, else of the last.
    private func testMean(of run: Run.ID, in workspace: Workspace) throws -> Double {
        let name = String(metric.dropFirst(Self.testPrefix.count))
        let scores = try workspace.fileScores(of: run)
        let own = scores.filter { $0.score.metric == name }
        let order: [CheckpointRole] = at == .best ? [.best, .last] : [.last]
        guard
            let checkpoint = order.map(\.rawValue).first(where: { role in
                own.contains { $0.checkpoint == role }
            })
        else {
            let known = Set(scores.map { Self.testPrefix + $0.score.metric })
            throw SweepObjectiveError.unknown(metric: metric, known: known.sorted())
        }
        let values = own.filter { $0.checkpoint == checkpoint }.compactMap { score -> Double? in
            if case .value(let value) = score.score.result, value.isFinite { value } else { nil }
        }
        guard !values.isEmpty else { throw SweepObjectiveError.notFinite(metric: metric) }
        return values.reduce(0, +) / Double(values.count)
    }
}

/// Why a run has no value of the objective.
public enum SweepObjectiveError: Error, Equatable, CustomStringConvertible {
    case unknown(metric: String, known: [String])
    case notFinite(metric: String)

    public var description: String {
        switch self {
        case .unknown(let metric, let known):
            "the run has no metric \(quoted(metric)); "
                + suggestion(for: metric, among: known, what: "metrics")
        case .notFinite(let metric): "the run has no finite value of \(quoted(metric))"
        }
    }
}
