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
        guard let pruner else { return }
        for index in active.indices where !active[index].asked {
            guard let run = active[index].run,
                let pruning = try pruner.pruning(of: active[index].trial, active[index].token, run: run)
            else { continue }
            active[index].pruning = pruning
            stop(index)
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
