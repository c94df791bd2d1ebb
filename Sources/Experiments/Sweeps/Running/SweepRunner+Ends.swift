import Foundation
import StrictJSON
import Tracking

/// What becomes of trials whose processes have ended.
extension SweepRunner {
    /// How a try ended, whoever had started it.
    private enum Outcome {
        case finished
        /// It kept a checkpoint because somebody asked it to stop.
        case stopped
        case failed(String)
        case crashed(String)
        /// Its earlier run cannot be taken up again.
        case refused(String)
    }

    /// Looks for trials that have ended, and notes what came of them.
    func reap() throws {
        var index = 0
        while index < active.count {
            guard let outcome = try outcome(of: active[index]) else {
                index += 1
                continue
            }
            let token = active[index].token
            active[index].run = try workspace.trial(token)?.run ?? active[index].run
            try note(active[index], outcome)
            // Not before it is noted: a locked database is tried again.
            active.remove(at: index)
        }
    }

    private func outcome(of trial: ActiveTrial) throws -> Outcome? {
        guard let process = trial.process else { return try adoptedOutcome(of: trial) }
        switch process.end {
        case nil: return nil
        case .exit(0): return .finished
        case .exit(75), .exit(129), .exit(130), .exit(143): return .stopped
        case .exit(7) where trial.resumed: return .refused(try errorText(trial) ?? "it cannot be resumed")
        case .exit(let status): return .failed(try errorText(trial) ?? "exit status \(status)")
        case .signal(let number): return .crashed("its process was ended by signal \(number)")
        }
    }

    /// The state of a run that another runner had started, from the database.
    private func adoptedOutcome(of trial: ActiveTrial) throws -> Outcome? {
        guard let id = trial.run else { return .crashed("it has no run") }
        let run = try workspace.run("run\(id)")
        switch run.status {
        case .finished: return .finished
        case .failed: return .failed(run.error ?? "run\(id) failed")
        case .killed, .pruned: return .stopped
        case .crashed: return .crashed("run\(id) crashed")
        default: return nil
        }
    }

    private func note(_ ended: ActiveTrial, _ outcome: Outcome) throws {
        switch outcome {
        case .finished: try noteFinished(ended)
        case .stopped:
            if let pruning = ended.pruning {
                reporter.message("\(ended.trial.address) pruned \(pruning.reason)")
                try workspace.pruneTrial(
                    ended.token, run: ended.run, value: pruning.value, reason: pruning.reason)
            } else if isEnding == .stopped {
                try workspace.endTrial(ended.token, .stopped)
            } else if ended.asked || ended.process == nil || isEnding != nil {
                // At the end of a sweep the signal that ends it may have come to its trials directly.
                try workspace.returnTrial(ended.token, .interrupted)
            } else {
                // Nobody of the sweep asked for it: the next start may fare better.
                try note(.crashed, ended, "its process was stopped from outside")
            }
        case .failed(let reason): try note(.failed, ended, reason)
        case .refused(let reason):
            reporter.message("\(ended.trial.address) begins anew: \(reason)")
            try workspace.returnTrial(ended.token, .refused)
        case .crashed(let reason):
            if ended.wasOrphaned || ended.asked {
                try workspace.returnTrial(ended.token, .interrupted)
            } else {
                try note(.crashed, ended, reason)
            }
        }
    }

    private func noteFinished(_ ended: ActiveTrial) throws {
        guard let run = ended.run else {
            try note(.failed, ended, "it ended without a run")
            return
        }
        do {
            let value = try plan.spec.objective.value(of: run, in: workspace)
            try pruner?.noteRungs(of: run, ended.token)
            try workspace.endTrial(ended.token, .finished, value: value)
        } catch let error as SweepObjectiveError {
            try note(.failed, ended, "\(error)")
        }
    }

    private func note(_ trouble: SweepLedger.Trouble, _ ended: ActiveTrial, _ reason: String) throws {
        guard
            let noted = try ledger.note(trouble, of: ended.trial, ended.token, reason: reason)
        else { return }
        reporter.message(noted.message)
        if noted.endsSweep { endSweep(by: ended.trial, reason) }
    }

    /// What the run says of its failure, else the last line that its process wrote.
    private func errorText(_ trial: ActiveTrial) throws -> String? {
        if !trial.resumed, let run = try workspace.trial(trial.token)?.run,
            let error = try workspace.run("run\(run)").error
        {
            return error
        }
        guard let text = try? String(contentsOf: log(of: trial.trial), encoding: .utf8) else { return nil }
        let line = text.split(whereSeparator: \.isNewline).last.map(String.init)
        return line.map { $0.hasPrefix("workbench: ") ? String($0.dropFirst(11)) : $0 }
    }
}
