import Foundation
import Tracking

/// Decides at the rungs of successive halving which trials are worth going on with.
struct TrialPruner: Sendable {
    /// Why a trial is stopped.
    struct Pruning {
        /// nil where the objective is no number.
        let value: Double?
        let reason: String
    }

    private let workspace: Workspace
    private let objective: SweepObjective
    private let unit: PruneSpec.Unit
    private let halving: SuccessiveHalving

    /// nil for a sweep without pruning.
    init?(workspace: Workspace, spec: SweepSpec) {
        guard let prune = spec.prune else { return nil }
        self.workspace = workspace
        objective = spec.objective
        unit = prune.unit
        halving = SuccessiveHalving(minimum: prune.minimum, eta: prune.eta, maximum: prune.maximum)
    }

    /// After so many steps trials are judged.
    var rungs: [Int] { halving.rungs }

    /// Notes what a running trial has come to at the rungs that it has reached since the last look.
    ///
    /// - Returns: nil while it is worth going on.
    func pruning(of trial: Trial, _ token: TrialToken, run: Run.ID) throws -> Pruning? {
        guard let last = try workspace.run("run\(run)").lastStep else { return nil }
        return try pruning(of: trial, token, steps: last + 1) { try value(of: run, after: $0, last: last) }
    }

    /// The same for a trial whose objective somebody tells.
    ///
    /// - Parameters:
    ///   - steps: how many it has done.
    ///   - value: the objective after them.
    func pruning(of trial: Trial, _ token: TrialToken, steps: Int, value: Double) throws -> Pruning? {
        guard value.isFinite else {
            guard let first = halving.rungs.first, steps >= first else { return nil }
            return Pruning(value: nil, reason: "after \(steps) steps: \(objective.metric) is \(value)")
        }
        return try pruning(of: trial, token, steps: steps) { _ in value }
    }

    private func pruning(
        of trial: Trial, _ token: TrialToken, steps: Int, value: (Int) throws -> Double?
    ) throws -> Pruning? {
        let passed = try workspace.trial(token)?.rung ?? 0
        for (rung, step) in halving.rungs.enumerated().dropFirst(passed) where step <= steps {
            guard let value = try value(step) else { return nil }
            let entered = try workspace.enterRung(token, rung: rung, value: value)
            let (own, others) = Self.compared(entered, trial, unit: unit)
            if halving.keeps(own, among: others, goal: objective.goal) { continue }
            return Pruning(
                value: value,
                reason:
                    "after \(step) steps: \(objective.metric) \(String(format: "%.4g", own)) is not among "
                    + "the best 1/\(halving.eta) of \(others.count + 1)")
        }
        return nil
    }

    /// Notes what a trial that came to its end had been worth at every rung: it may have been too quick to be seen
    /// there, and others are compared with it.
    func noteRungs(of run: Run.ID, _ token: TrialToken) throws {
        guard let last = try workspace.run("run\(run)").lastStep else { return }
        for (rung, steps) in halving.rungs.enumerated() where steps <= last + 1 {
            guard let value = try value(of: run, after: steps, last: last) else { continue }
            _ = try workspace.enterRung(token, rung: rung, value: value)
        }
    }

    /// The objective when a trial had come to a rung; where nothing had been validated by then, the first that was
    /// since.
    private func value(of run: Run.ID, after steps: Int, last: Int) throws -> Double? {
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
}
