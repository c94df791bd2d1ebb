import Tracking

/// The metric that stands for a run where only one fits.
enum MainMetric {
    /// The best value of the main metric.
    struct Best {
        var metric: String
        var value: Double
        var step: Int
    }

    /// The run's own main metric; for a run that names none, the first validation metric with a goal.
    static func choose(for run: Run, among summaries: [MetricSummary]) -> MetricSummary? {
        if let named = summaries.first(where: { $0.metric == run.mainMetric }) { return named }
        let validation = summaries.filter { $0.goal != .none && $0.metric.hasPrefix("val") }
        return validation.first { $0.metric.hasSuffix("/loss") } ?? validation.first
    }

    static func best(of run: Run, in workspace: Workspace) throws -> Best? {
        guard let summary = choose(for: run, among: try workspace.summaries(of: run.id)),
            let best = summary.best
        else { return nil }
        return Best(metric: summary.metric, value: best.value, step: best.step)
    }
}
