import Foundation
import StrictJSON
import Tracking

/// A trial that a driver outside the workbench was given.
public struct AskedTrial: Sendable {
    public let trial: Trial
    /// Which try it is, from 1; whoever tells it cannot speak for a later one.
    public let attempt: Int
    /// What it changes of the base experiment.
    public let assignment: Assignment
    /// When somebody else may be given the trial, unless the driver says something before.
    public let until: Date
    /// After so many steps the sweep wants to know the objective; empty without pruning.
    public let rungs: [Int]
}

/// Why there is nothing to be asked for.
public enum NothingToAsk: Sendable, Equatable {
    /// All trials have come to their end.
    case finished
    /// The trials that are left are worked on by others.
    case taken(count: Int)
    /// The budget is spent, and trials are left.
    case budgetSpent
    /// Somebody asked for a break.
    case paused
    /// Somebody ended the sweep.
    case stopped
    /// A failed trial has ended it.
    case failed(reason: String)
}

/// What a driver says of its trial.
public enum TrialReport: Sendable, Equatable {
    /// It has come to its end.
    case value(Double)
    /// After so many steps the objective is so much.
    case progress(steps: Int, value: Double)
    case failed(reason: String)
    /// The driver has stopped it early by itself.
    case pruned
}

/// What a driver is answered.
public struct TellAnswer: Sendable, Equatable {
    /// Whether the trial goes on.
    public var goesOn: Bool
    public var state: TrialState
    /// What people should know; nil where there is nothing to add.
    public var message: String?
}

/// A sweep whose trials somebody else runs: a driver asks for one, does what it wants with the parameters, and tells
/// what came of it. Runners of the workbench may work on the same sweep at the same time.
public struct DrivenSweep: Sendable {
    private let ledger: SweepLedger
    private let pruner: TrialPruner?

    public init(workspace: Workspace, sweep: Sweep, plan: SweepPlan) {
        ledger = SweepLedger(workspace: workspace, sweep: sweep, plan: plan)
        pruner = TrialPruner(workspace: workspace, spec: plan.spec)
    }

    private var workspace: Workspace { ledger.workspace }
    private var sweep: Sweep.ID { ledger.sweep.id }

    /// What `ask` comes to.
    public enum Answer: Sendable {
        case trial(AskedTrial)
        case nothing(NothingToAsk)
    }

    // MARK: Asking

    /// Leases the next trial to a driver. Asking again under the same name gives the same trial, until it is told.
    ///
    /// - Parameters:
    ///   - isNewFile: the sweep's file was just read, and may say more than what the database has.
    public func ask(_ driver: TrialWorker, isNewFile: Bool, now: Date = Date()) throws -> Answer {
        let all = try workspace.trials(of: sweep)
        if isNewFile || all.isEmpty { try ledger.enterKnownTrials() }
        if let reason = try refusal() { return .nothing(reason) }
        // Somebody else may take or enter a trial between two of these steps.
        for _ in 0..<20 {
            let isSpent = try ledger.isBudgetSpent(now: now)
            if !isSpent { try ledger.propose() }
            let claimed = try workspace.claimTrial(of: sweep, by: driver, startsNew: !isSpent, now: now)
            if case .start(let claim, let token)? = claimed {
                let trial = try workspace.trial(token) ?? claim
                return .trial(
                    AskedTrial(
                        trial: trial, attempt: token.attempt, assignment: SweepLedger.assignment(of: trial),
                        until: trial.leaseEnds ?? now, rungs: pruner?.rungs ?? []))
            }
            let trials = try workspace.trials(of: sweep)
            let taken = trials.count { $0.state == .running }
            if taken > 0 { return .nothing(.taken(count: taken)) }
            guard trials.contains(where: { $0.state == .waiting }) else {
                try finishIfOver()
                return .nothing(.finished)
            }
            if isSpent { return .nothing(.budgetSpent) }
        }
        return .nothing(.taken(count: 0))
    }

    /// Why nobody may be given a trial; a sweep that was merely interrupted goes on.
    private func refusal() throws -> NothingToAsk? {
        let now = try workspace.sweep(sweep)
        switch now.state {
        case .running: break
        case .paused:
            // Who pauses a sweep by hand gives no reason.
            if now.reason == nil { return .paused }
            try workspace.setState(of: sweep, to: .running)
        case .stopped: return .stopped
        case .failed where try workspace.trials(of: sweep).contains { $0.state == .failed }:
            return .failed(reason: now.reason ?? "a trial failed")
        case .finished
        where try workspace.trials(of: sweep).allSatisfy(\.state.isOver)
            && ledger.isComplete():
            return .finished
        case .finished, .failed: try workspace.setState(of: sweep, to: .running)
        }
        return nil
    }

    // MARK: Telling

    /// Notes what a driver says of a trial. Saying the same again changes nothing.
    ///
    /// - Parameter attempt: which try the driver speaks of; nil for the newest.
    /// - Throws: `SweepError.unknownTrial`; `.tellRefused` when the trial is another one's by now, was never asked for,
    ///   or has ended otherwise.
    public func tell(_ number: Int, attempt: Int?, _ report: TrialReport) throws -> TellAnswer {
        for _ in 0..<5 {
            let trials = try workspace.trials(of: sweep)
            guard let trial = trials.first(where: { $0.number == number }) else {
                throw SweepError.unknownTrial(
                    address: "\(ledger.sweep.address)/\(number)", sweep: ledger.sweep.address,
                    count: trials.count)
            }
            if let attempt, attempt != trial.tries {
                throw refused(
                    trial, "is at try \(trial.tries), not \(attempt): it was given to somebody else")
            }
            if trial.state != .running { return try repeated(report, of: trial) }
            guard let driver = trial.driver else {
                throw refused(
                    trial, "is run by the workbench itself" + (trial.run.map { " (run\($0))" } ?? ""))
            }
            let token = TrialToken(sweep: sweep, number: number, attempt: trial.tries)
            // nil: something happened to the trial meanwhile.
            if let answer = try note(report, of: trial, token, by: driver) {
                if !answer.goesOn { try finishIfOver() }
                return answer
            }
        }
        throw SweepError.trialLost(address: "\(ledger.sweep.address)/\(number)")
    }

    private func note(
        _ report: TrialReport, of trial: Trial, _ token: TrialToken, by driver: TrialWorker
    ) throws -> TellAnswer? {
        switch report {
        case .value(let value):
            guard value.isFinite else {
                return try fail(trial, token, by: driver, reason: "its value is \(value)")
            }
            let isNoted = try workspace.endTrial(token, by: driver, .finished, value: value)
            return isNoted ? TellAnswer(goesOn: false, state: .finished) : nil
        case .failed(let reason): return try fail(trial, token, by: driver, reason: reason)
        case .pruned: return try prune(trial, token, by: driver, trial.value, "by its driver")
        case .progress(let steps, let value):
            guard try workspace.noteProgress(token, by: driver, value: soFar(value, trial)) else {
                return nil
            }
            let judged = soFar(value, trial) ?? value
            guard let pruning = try pruner?.pruning(of: trial, token, steps: steps, value: judged) else {
                return TellAnswer(goesOn: true, state: .running)
            }
            return try prune(trial, token, by: driver, pruning.value, pruning.reason)
        }
    }

    /// The best that was told so far, or the last; nil when that is no number.
    private func soFar(_ value: Double, _ trial: Trial) -> Double? {
        let objective = ledger.plan.spec.objective
        guard value.isFinite else { return objective.at == .best ? trial.value : nil }
        guard objective.at == .best, let before = trial.value else { return value }
        return objective.goal.prefers(before, to: value) ? before : value
    }

    private func fail(
        _ trial: Trial, _ token: TrialToken, by driver: TrialWorker, reason: String
    ) throws -> TellAnswer? {
        guard let noted = try ledger.note(.failed, of: trial, token, by: driver, reason: reason) else {
            return nil
        }
        let state = try workspace.trial(token)?.state ?? .failed
        return TellAnswer(goesOn: false, state: state, message: noted.message)
    }

    private func prune(
        _ trial: Trial, _ token: TrialToken, by driver: TrialWorker, _ value: Double?, _ reason: String
    ) throws -> TellAnswer? {
        guard
            try workspace.pruneTrial(token, by: driver, run: trial.run, value: value, reason: reason)
        else { return nil }
        return TellAnswer(goesOn: false, state: .pruned, message: "\(trial.address) pruned \(reason)")
    }

    /// What is said of a trial that nobody works on: it was said before, or comes too late.
    private func repeated(_ report: TrialReport, of trial: Trial) throws -> TellAnswer {
        let isSame =
            switch (report, trial.state) {
            case (.value(let value), .finished): value == trial.value
            case (.value(let value), .failed): !value.isFinite
            case (.failed, .failed), (.pruned, .pruned), (.progress, .pruned): true
            case (.failed, .waiting): trial.failures > 0
            default: false
            }
        if isSame {
            return TellAnswer(
                goesOn: false, state: trial.state, message: "\(trial.address) is known to be \(trial.state)")
        }
        switch trial.state {
        case .waiting: throw refused(trial, "waits and is worked on by nobody; ask for it first")
        case .finished:
            throw refused(trial, "has finished" + (trial.value.map { " with \($0)" } ?? ""))
        default:
            throw refused(trial, "is \(trial.state)" + (trial.reason.map { ": \($0)" } ?? ""))
        }
    }

    private func refused(_ trial: Trial, _ reason: String) -> SweepError {
        .tellRefused(address: trial.address, reason: reason)
    }

    /// Notes that the sweep is finished when its last trial has ended.
    private func finishIfOver() throws {
        guard try workspace.trials(of: sweep).allSatisfy(\.state.isOver) else { return }
        guard try workspace.sweep(sweep).state == .running, try ledger.isComplete() else { return }
        try workspace.setState(of: sweep, to: .finished)
    }
}
