import Foundation

/// The state of a sweep.
public enum SweepState: String, Sendable, CaseIterable {
    /// Trials are being run, or would be if a process worked on it.
    case running
    /// Somebody asked for a break; nothing is lost.
    case paused
    /// Somebody ended it.
    case stopped
    /// All trials have come to their end.
    case finished
    /// A failed trial has ended it.
    case failed
}

/// A sweep as the workspace knows it.
public struct Sweep: Sendable, Identifiable {
    public let id: Int64
    public let name: String
    /// What the sweep does, as whoever made it wrote it down.
    public let specJSON: String
    /// Equal for the same sweep, run again or continued with more of it.
    public let specHash: String
    public let state: SweepState
    /// Why it is not running, where there is something to say.
    public let reason: String?
    public let created: Date
    public let ended: Date?

    /// The address that never changes: "sweep3".
    public var address: String { Self.address(of: id) }

    static func address(of id: Int64) -> String { "sweep\(id)" }
}

/// The state of a trial.
public enum TrialState: String, Sendable, CaseIterable {
    case waiting, running, finished, failed, pruned, stopped

    /// Whether nothing more will happen to the trial by itself.
    public var isOver: Bool { self != .waiting && self != .running }
}

/// One trial of a sweep: a configuration with a seed.
public struct Trial: Sendable {
    public let sweep: Sweep.ID
    /// From 0, in the order in which trials are run.
    public let number: Int
    /// What tables call the configuration; nil where its parameters say it all.
    public let label: String?
    /// The changes that make the configuration, as a JSON object.
    public let paramsJSON: String
    /// Equal for the repeats of a configuration.
    public let paramsHash: String
    public let seed: Int
    public let state: TrialState
    /// How many rungs of pruning it has passed.
    public let rung: Int
    /// The objective; of a running trial whose driver tells it, what it has come to so far.
    public let value: Double?
    public let run: Run.ID?
    /// How often it was started.
    public let tries: Int
    /// How often its process broke down.
    public let crashes: Int
    /// How often it ended with an error.
    public let failures: Int
    /// Why it failed or was pruned.
    public let reason: String?
    /// The driver that asked for it and has not told how it ended; nil where a process of the workbench works on it.
    public let driver: TrialWorker?
    /// Until when a lease holds that nobody renews; nil where nobody works on it.
    public let leaseEnds: Date?
    public let started: Date?
    public let ended: Date?

    /// "sweep3/5".
    public var address: String { "\(Sweep.address(of: sweep))/\(number)" }
}

/// A trial to be entered.
public struct TrialDescription: Sendable {
    public var label: String?
    public var paramsJSON: String
    public var paramsHash: String
    public var seed: Int

    public init(label: String? = nil, paramsJSON: String, paramsHash: String, seed: Int) {
        self.label = label
        self.paramsJSON = paramsJSON
        self.paramsHash = paramsHash
        self.seed = seed
    }
}

/// The right to work on one try of a trial. A process that was given an old one is turned away when it comes to
/// enter its run, so that no trial runs twice.
public struct TrialToken: Sendable, Equatable, CustomStringConvertible {
    public let sweep: Sweep.ID
    public let number: Int
    /// Which try: the trial's count of tries when the token was given.
    public let attempt: Int

    public init(sweep: Sweep.ID, number: Int, attempt: Int) {
        self.sweep = sweep
        self.number = number
        self.attempt = attempt
    }

    /// Reads what `description` writes; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let sweep = Int64(parts[0]), let number = Int(parts[1]),
            let attempt = Int(parts[2]), sweep > 0, number >= 0, attempt > 0
        else { return nil }
        self.init(sweep: sweep, number: number, attempt: attempt)
    }

    /// "3/5/1": sweep, trial, try.
    public var description: String { "\(sweep)/\(number)/\(attempt)" }
}

/// What a process that asked for work is given.
public enum ClaimedTrial: Sendable {
    /// To be started; a run of an earlier try that can be taken up again stands in `trial.run`.
    case start(Trial, TrialToken)
    /// It was started by a process that has died since, and has a run: that run is to be watched to its end.
    /// `isGone` when the run's own process has died, too.
    case adopt(Trial, TrialToken, run: Run.ID, isGone: Bool)
}
