import Foundation
import StrictJSON
import Tracking

/// What is done about trials while they run.
extension SweepRunner {
    /// Learns the runs of the processes that were started.
    func findRuns() throws {
        for index in active.indices where active[index].run == nil || active[index].trial.run != nil {
            active[index].run = try workspace.trial(active[index].token)?.run ?? active[index].run
        }
    }

    /// Stops the trials that are not worth going on with.
    func prune() throws {
        guard let halving, let spec = plan.spec.prune else { return }
        for index in active.indices where !active[index].asked {
            let trial = active[index]
            guard let run = trial.run, let last = try workspace.run("run\(run)").lastStep else { continue }
            let passed = try workspace.trial(trial.token)?.rung ?? 0
            for (rung, steps) in halving.rungs.enumerated().dropFirst(passed) {
                guard last + 1 >= steps, let value = try value(of: run, after: steps, last: last) else {
                    break
                }
                let rungs = try workspace.enterRung(trial.token, rung: rung, value: value)
                let (own, others) = Self.compared(rungs, trial.trial, unit: spec.unit)
                guard halving.keeps(own, among: others, goal: plan.spec.objective.goal) else {
                    let shown = String(format: "%.4g", own)
                    active[index].pruning = (
                        rung, value,
                        "after \(steps) steps: \(plan.spec.objective.metric) \(shown) is not among the best "
                            + "1/\(halving.eta) of \(others.count + 1)"
                    )
                    stop(index)
                    break
                }
            }
        }
    }

    /// Notes what a trial that came to its end had been worth at every rung: it may have been too quick to be seen
    /// there, and others are compared with it.
    func noteRungs(of run: Run.ID, _ token: TrialToken) throws {
        guard let halving, let last = try workspace.run("run\(run)").lastStep else { return }
        for (rung, steps) in halving.rungs.enumerated() where steps <= last + 1 {
            guard let value = try value(of: run, after: steps, last: last) else { continue }
            _ = try workspace.enterRung(token, rung: rung, value: value)
        }
    }

    /// The objective when a trial had come to a rung; where nothing had been validated by then, the first that was
    /// since.
    private func value(of run: Run.ID, after steps: Int, last: Int) throws -> Double? {
        let objective = plan.spec.objective
        let goal: MetricGoal? = objective.at == .last ? nil : objective.goal == .min ? .min : .max
        return try workspace.value(of: run, metric: objective.metric, upTo: steps - 1, best: goal)
            ?? workspace.value(of: run, metric: objective.metric, upTo: last, best: goal)
    }

    /// A trial's value at a rung and those it is compared with.
    static func compared(
        _ rungs: [TrialRung], _ trial: Trial, unit: PruneSpec.Unit
    ) -> (own: Double, others: [Double]) {
        switch unit {
        case .eachRun:
            let own = rungs.first { $0.trial == trial.number }?.value ?? .nan
            return (own, rungs.filter { $0.trial != trial.number }.map(\.value))
        case .meanOverSeeds:
            let groups = Dictionary(grouping: rungs, by: \.paramsHash).mapValues { group in
                group.reduce(0) { $0 + $1.value } / Double(group.count)
            }
            return (
                groups[trial.paramsHash] ?? .nan,
                groups.filter { $0.key != trial.paramsHash }.sorted { $0.key < $1.key }.map(\.value)
            )
        }
    }

    /// Tells how far the sweep is.
    func showProgress() throws {
        let trials = try workspace.trials(of: sweep.id)
        let over = trials.count { $0.state.isOver }
        var parts: [String] = []
        if !active.isEmpty {
            let steps = try active.map { trial in
                let step = try trial.run.flatMap { try workspace.run("run\($0)").lastStep }
                return "\(trial.trial.number)" + (step.map { " at step \($0 + 1)" } ?? "")
            }
            parts.append("running \(steps.joined(separator: ", "))")
        }
        for state in [TrialState.pruned, .failed] {
            let count = trials.count { $0.state == state }
            if count > 0 { parts.append("\(count) \(state.rawValue)") }
        }
        let goal = plan.spec.objective.goal
        let finished = trials.filter { $0.state == .finished && $0.value != nil }
        if let best = finished.min(by: { goal.prefers($0.value ?? .nan, to: $1.value ?? .nan) }),
            let value = best.value
        {
            parts.append("best \(String(format: "%.4g", value)) (trial \(best.number))")
        }
        reporter.update(over, tail: parts.joined(separator: "; "))
    }
}
