import Foundation
import StrictJSON
import Tracking

/// How the work on a sweep ended.
public enum SweepEnd: Sendable, Equatable {
    /// All trials have come to their end; some may have failed.
    case finished
    /// It was interrupted or paused; running the file again goes on.
    case paused
    /// The budget is spent and trials are left.
    case budgetSpent
    /// Somebody ended it.
    case stopped
    /// A failed trial has ended it.
    case failed(reason: String)
}

/// Works on a sweep until it is over: chooses trials, starts a process for each, watches them, prunes, and notes
/// what came of them.
///
/// Several runners, of one machine or of several, may work on the same sweep: a trial belongs to who has leased it.
/// It works on the calling thread.
public final class SweepRunner {
    let ledger: SweepLedger
    let launcher: TrialLauncher
    let reporter: any RunReporter
    let jobs: Int
    let threads: Int
    let pruner: TrialPruner?
    var active: [ActiveTrial] = []
    private var ending: Ending?
    private var lastRenewal = Date.distantPast
    private var lastLook = Date.distantPast
    private var isWaitingForOthers = false
    private var hasToldLock = false

    /// Why no more trials are started.
    enum Ending: Equatable {
        case interrupted, paused, stopped, budget
        case failure(String)
    }

    /// A trial that this runner watches.
    struct ActiveTrial {
        let trial: Trial
        let token: TrialToken
        /// The process that this runner started; nil for a trial that another one had started.
        let process: TrialProcess?
        var run: Run.ID?
        /// The run's process was dead already when the trial was taken over: nobody is to blame.
        var wasOrphaned = false
        var asked = false
        /// Whether it goes on with a run of an earlier try.
        var resumed = false
        var pruning: TrialPruner.Pruning?
    }

    private static let poll: TimeInterval = 0.1
    private static let look: TimeInterval = 0.5
    private static let renewal: TimeInterval = 5

    /// - Parameters:
    ///   - jobs: trials at the same time, at least 1.
    ///   - cores: threads that all trials share.
    public init(
        workspace: Workspace, sweep: Sweep, plan: SweepPlan, jobs: Int, cores: Int, launcher: TrialLauncher,
        reporter: any RunReporter
    ) {
        ledger = SweepLedger(workspace: workspace, sweep: sweep, plan: plan)
        self.jobs = jobs
        threads = max(1, cores / jobs)
        self.launcher = launcher
        self.reporter = reporter
        pruner = TrialPruner(workspace: workspace, spec: plan.spec)
    }

    var workspace: Workspace { ledger.workspace }
    var sweep: Sweep { ledger.sweep }
    var plan: SweepPlan { ledger.plan }

    /// - Parameter shouldStop: asked several times a second; when true the running trials keep their checkpoints and
    ///   the sweep is paused.
    /// - Throws: what the database throws, and `JSONError` for a configuration that the experiment refuses; running
    ///   trials are asked to stop first.
    public func run(shouldStop: () -> Bool) throws -> SweepEnd {
        try workspace.setState(of: sweep.id, to: .running)
        do {
            try ledger.enterKnownTrials()
            try refuseAfterFailure()
            try makeFolder()
            let done = try workspace.trials(of: sweep.id).count(where: \.state.isOver)
            reporter.begin(
                sweep.address, total: try ledger.expectedTrials(), unit: "trials", done: done)
            while try turnUnlessLocked(shouldStop) { Thread.sleep(forTimeInterval: Self.poll) }
        } catch {
            abandon()
            reporter.end()
            throw error
        }
        // The last trials may have ended between two looks.
        try? showProgress()
        reporter.end()
        return try conclude()
    }

    /// One look at everything; a database that somebody keeps locked is waited for, since the trials do so, too.
    private func turnUnlessLocked(_ shouldStop: () -> Bool) throws -> Bool {
        do {
            return try turn(shouldStop)
        } catch TrackingError.locked where !shouldStop() {
            if !hasToldLock { reporter.message("the database is locked by another process; waiting for it") }
            hasToldLock = true
            return true
        }
    }

    /// One look at everything; false when there is nothing left to do.
    private func turn(_ shouldStop: () -> Bool) throws -> Bool {
        if shouldStop(), ending == nil { ending = .interrupted }
        try reap()
        let now = Date()
        if now.timeIntervalSince(lastLook) >= Self.look {
            lastLook = now
            try readState()
            try findRuns()
            if ending == nil { try prune() }
            try showProgress()
        }
        if now.timeIntervalSince(lastRenewal) >= Self.renewal, !active.isEmpty {
            lastRenewal = now
            try workspace.renewLeases(of: sweep.id)
        }
        if ending != nil {
            for index in active.indices where !active[index].asked { stop(index) }
            return !active.isEmpty
        }
        try fill()
        if !active.isEmpty { return true }
        return try hasMore()
    }

    /// Whether something may still come, though this runner has nothing to do now.
    private func hasMore() throws -> Bool {
        if ending != nil { return true }
        let trials = try workspace.trials(of: sweep.id)
        guard trials.contains(where: { !$0.state.isOver }) else { return false }
        if !isWaitingForOthers {
            isWaitingForOthers = true
            reporter.message("the last trials are run by another process; waiting for them")
        }
        return true
    }

    /// Starts trials while there is room.
    private func fill() throws {
        while active.count < jobs, ending == nil {
            let isSpent = try ledger.isBudgetSpent()
            if !isSpent { try ledger.propose() }
            guard let claimed = try workspace.claimTrial(of: sweep.id, startsNew: !isSpent) else {
                if isSpent, active.isEmpty, try ledger.hasUntouchedTrials() { ending = .budget }
                return
            }
            isWaitingForOthers = false
            switch claimed {
            case .start(let trial, let token): try start(trial, token)
            case .adopt(let trial, let token, let run, let isGone):
                reporter.message("\(trial.address): watching run\(run), which another process had started")
                active.append(
                    ActiveTrial(trial: trial, token: token, process: nil, run: run, wasOrphaned: isGone))
            }
        }
    }

    private func start(_ trial: Trial, _ token: TrialToken) throws {
        let start = TrialStart(
            trial: trial, token: token, assignment: SweepLedger.assignment(of: trial),
            resumes: try resumable(trial), threads: threads, log: log(of: trial))
        do {
            let process = try launcher.launch(start)
            active.append(
                ActiveTrial(trial: trial, token: token, process: process, resumed: start.resumes != nil))
        } catch {
            try workspace.returnTrial(token, .interrupted)
            throw error
        }
    }

    /// Where a trial's process writes what goes wrong.
    func log(of trial: Trial) -> URL {
        workspace.directory(ofSweep: sweep.id).appending(path: "trial\(trial.number).log")
    }

    /// The earlier run of a trial that was interrupted; nil where there is none to go on with.
    private func resumable(_ trial: Trial) throws -> Run.ID? {
        guard launcher.resumesRuns, let id = trial.run else { return nil }
        switch try workspace.run("run\(id)").status {
        case .killed, .crashed: return id
        default: return nil
        }
    }

    /// Asks a trial to keep a checkpoint and end.
    func stop(_ index: Int) {
        active[index].asked = true
        if let process = active[index].process {
            process.askToStop()
        } else if let run = active[index].run {
            workspace.askProcessToStop(of: run)
        }
    }

    // MARK: The sweep as a whole

    private func readState() throws {
        guard ending == nil else { return }
        switch try workspace.sweep(sweep.id).state {
        case .paused: ending = .paused
        case .stopped: ending = .stopped
        case .failed: ending = .failure("a trial failed")
        case .running, .finished: break
        }
    }

    /// Called by the end of a trial that ends the sweep.
    func endSweep(by trial: Trial, _ reason: String) {
        if ending == nil { ending = .failure("\(trial.address): \(reason)") }
    }

    var isEnding: Ending? { ending }

    private func refuseAfterFailure() throws {
        guard let failed = try workspace.trials(of: sweep.id).first(where: { $0.state == .failed }) else {
            return
        }
        let reason = failed.reason ?? "failed"
        if try ledger.failSweep(by: failed, reason) { endSweep(by: failed, reason) }
    }

    private func makeFolder() throws {
        let folder = workspace.directory(ofSweep: sweep.id)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // Always written: a file from before, cut short by a full disk, would fail every trial.
        try Data((plan.experiment.base.prettyText + "\n").utf8).write(
            to: folder.appending(path: Self.baseFile), options: .atomic)
    }

    /// The file of the base experiment in the sweep's folder.
    public static let baseFile = "base.json"

    /// After an error of our own: the trials end, and wait for whoever comes next.
    private func abandon() {
        for index in active.indices { stop(index) }
    }

    private func conclude() throws -> SweepEnd {
        switch ending {
        case nil:
            try workspace.setState(of: sweep.id, to: .finished)
            return .finished
        case .interrupted:
            // Others may go on with it; then it is not paused.
            if try workspace.otherWorkers(on: sweep.id) == 0 {
                try workspace.setState(of: sweep.id, to: .paused, reason: "interrupted")
            }
            return .paused
        case .paused: return .paused
        case .budget:
            if try workspace.otherWorkers(on: sweep.id) == 0 {
                try workspace.setState(of: sweep.id, to: .paused, reason: "the budget is spent")
            }
            return .budgetSpent
        case .stopped:
            try workspace.stopWaitingTrials(of: sweep.id)
            return .stopped
        case .failure(let reason): return .failed(reason: reason)
        }
    }
}
