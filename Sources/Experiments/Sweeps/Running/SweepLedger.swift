import Foundation
import StrictJSON
import Tracking

/// The trials of a sweep, as everybody sees them who works on it: which come next, what the budget allows, and what
/// becomes of those that come to grief. Runners and outside drivers share it.
struct SweepLedger: Sendable {
    let workspace: Workspace
    let sweep: Sweep
    let plan: SweepPlan

    /// Whether no new trial may be started. What was begun is finished nevertheless.
    func isBudgetSpent(now: Date = Date()) throws -> Bool {
        let budget = plan.spec.budget
        guard budget.trials != nil || budget.hours != nil else { return false }
        let begun = try workspace.trials(of: sweep.id).filter { $0.tries > 0 }
        if let most = budget.trials, begun.count >= most { return true }
        guard let hours = budget.hours else { return false }
        let seconds = try begun.reduce(0) { $0 + (try workspace.workingSeconds(of: $1, now: now) ?? 0) }
        return seconds >= hours * 3600
    }

    /// Whether trials wait that nobody has begun.
    func hasUntouchedTrials() throws -> Bool {
        try workspace.trials(of: sweep.id).contains { $0.state == .waiting && $0.tries == 0 }
    }

    /// For people: the configuration and the seed.
    func text(_ trial: Trial) -> String {
        (trial.label ?? Self.assignment(of: trial).text) + ", seed \(trial.seed)"
    }

    /// What a trial changes of the base experiment.
    static func assignment(of trial: Trial) -> Assignment {
        (try? JSONValue(parsing: trial.paramsJSON)).flatMap(Assignment.init) ?? Assignment()
    }

    // MARK: Trouble

    /// How a trial came to grief.
    enum Trouble {
        /// It ended with an error.
        case failed
        /// Its process broke down.
        case crashed
    }

    /// Notes that a try came to grief: it waits to be tried again as often as the sweep says, then it has failed.
    ///
    /// - Returns: what to tell people, and whether the sweep ends by it; nil when somebody else works on the trial by
    ///   now.
    func note(
        _ trouble: Trouble, of trial: Trial, _ token: TrialToken, by worker: TrialWorker = .thisProcess,
        reason: String
    ) throws -> (message: String, endsSweep: Bool)? {
        let isCrash = trouble == .crashed
        let (count, most) =
            isCrash
            ? (trial.crashes, plan.spec.retry.crashed) : (trial.failures, plan.spec.retry.failed)
        let message = "\(trial.address) (\(text(trial))) \(isCrash ? "crashed" : "failed"): \(reason)"
        if count < most {
            guard
                try workspace.returnTrial(token, by: worker, isCrash ? .crashed : .failed, reason: reason)
            else { return nil }
            return ("\(message)\n  tried again (\(count + 1) of \(most))", false)
        }
        let stored = isCrash ? "crashed: \(reason)" : reason
        guard try workspace.endTrial(token, by: worker, .failed, reason: stored) else { return nil }
        return (message, try failSweep(by: trial, reason))
    }

    /// Ends the sweep by a trial that failed, if its file says so and it was going on.
    func failSweep(by trial: Trial, _ reason: String) throws -> Bool {
        guard plan.spec.stopOnFirstFailure, try workspace.sweep(sweep.id).state == .running else {
            return false
        }
        try workspace.setState(of: sweep.id, to: .failed, reason: "\(trial.address): \(reason)")
        return true
    }
}

extension Workspace {
    /// How long a trial was worked on, in seconds: by its run, else from its first start to its end, of a driver's
    /// trial; nil for one that was never begun.
    public func workingSeconds(of trial: Trial, now: Date = Date()) throws -> TimeInterval? {
        if let run = trial.run { return try workingSeconds(of: run, now: now) }
        guard let started = trial.started else { return nil }
        let end = trial.ended ?? (trial.state == .running ? now : started)
        return max(0, end.timeIntervalSince(started))
    }
}
