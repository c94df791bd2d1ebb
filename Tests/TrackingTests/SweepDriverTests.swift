import Foundation
import Testing

@testable import Tracking

/// Leases of drivers, which live on when the command that asked has ended.
@Suite struct SweepDriverTests {
    private let folder: TemporaryFolder
    init() { folder = TemporaryFolder("\(UUID())") }
    private let ann = TrialWorker.driver(name: "ann", seconds: 60)
    private let bob = TrialWorker.driver(name: "bob", seconds: 60)

    private func sweep(trials: Int) throws -> (Workspace, Sweep.ID) {
        let workspace = try Workspace(directory: folder.url)
        let sweep = try workspace.enterSweep(name: "s", specJSON: "{}", specHash: "x").sweep.id
        try workspace.addTrials(
            to: sweep,
            (0..<trials).map { TrialDescription(paramsJSON: "{}", paramsHash: "h\($0)", seed: 1) })
        return (workspace, sweep)
    }

    private func start(_ claimed: ClaimedTrial?) throws -> (trial: Trial, token: TrialToken) {
        guard case .start(let trial, let token)? = claimed else {
            throw SweepError.trialLost(address: "\(String(describing: claimed))")
        }
        return (trial, token)
    }

    @Test func aDriverIsGivenWhatItHas() throws {
        let (workspace, sweep) = try sweep(trials: 2)
        let first = try start(workspace.claimTrial(of: sweep, by: ann))
        let again = try start(workspace.claimTrial(of: sweep, by: ann))
        #expect(first.token == again.token && first.token == TrialToken(sweep: sweep, number: 0, attempt: 1))
        #expect(try start(workspace.claimTrial(of: sweep, by: bob)).trial.number == 1)
        #expect(try workspace.claimTrial(of: sweep, by: .driver(name: "cyd", seconds: 1)) == nil)
        let stored = try #require(try workspace.trial(first.token))
        #expect(stored.driver == ann && stored.state == .running && stored.tries == 1)
        #expect(try workspace.otherWorkers(on: sweep) == 2)
    }

    /// A lease is over when its time is, whoever lives: then the next who asks is given the trial, and what the first
    /// one says of it is worth nothing.
    @Test func aLeaseThatIsOverIsAnothers() throws {
        let (workspace, sweep) = try sweep(trials: 1)
        let now = Date()
        let first = try start(workspace.claimTrial(of: sweep, by: ann, now: now))
        #expect(try workspace.claimTrial(of: sweep, now: now.addingTimeInterval(59)) == nil)
        // A sign of life counts from then on.
        #expect(try workspace.noteProgress(first.token, by: ann, value: 3, now: now.addingTimeInterval(50)))
        #expect(try workspace.claimTrial(of: sweep, by: bob, now: now.addingTimeInterval(100)) == nil)
        let second = try start(workspace.claimTrial(of: sweep, by: bob, now: now.addingTimeInterval(111)))
        #expect(second.token.attempt == 2)
        #expect(try workspace.noteProgress(first.token, by: ann, value: 1) == false)
        #expect(try workspace.endTrial(first.token, by: ann, .finished, value: 1) == false)
        #expect(try workspace.returnTrial(first.token, by: ann, .failed) == false)
        #expect(try workspace.pruneTrial(first.token, by: ann, run: nil, value: 1, reason: "") == false)
        #expect(try workspace.endTrial(second.token, .finished, value: 1) == false, "of no process")
        #expect(try workspace.endTrial(second.token, by: bob, .finished, value: 2))
        #expect(try workspace.trial(second.token)?.value == 2)
    }

    /// Nobody asked meanwhile: the late word counts.
    @Test func aLateWordIsBetterThanNone() throws {
        let (workspace, sweep) = try sweep(trials: 1)
        let token = try start(workspace.claimTrial(of: sweep, by: .driver(name: "ann", seconds: 0))).token
        #expect(try workspace.endTrial(token, by: .driver(name: "ann", seconds: 0), .finished, value: 4))
        #expect(try workspace.trial(token)?.driver == nil)
    }

    /// A run that goes on, or ended unnoticed, is for a process of the workbench to watch.
    @Test func driversLeaveRunsAlone() throws {
        let (workspace, sweep) = try sweep(trials: 1)
        let now = Date()
        let token = try start(workspace.claimTrial(of: sweep, by: ann, now: now)).token
        let run = try workspace.startRun(RunDescription(seed: 1, configJSON: "{}"))
        try workspace.attach(run: run.run, to: token)
        let later = now.addingTimeInterval(61)
        #expect(try workspace.claimTrial(of: sweep, by: bob, now: later) == nil)
        guard case .adopt? = try workspace.claimTrial(of: sweep, now: later) else {
            Issue.record("the run is not watched")
            return
        }
        try run.finish(.finished)
    }

    @Test func driversAreNoProcesses() {
        #expect(TrialWorker(driver: ann.leaseText) == ann)
        #expect(TrialWorker(driver: TrialLease.mine) == nil)
        #expect(ProcessIdentity(lease: ann.leaseText) == nil)
        #expect(TrialWorker(driver: "\tx\ty") == nil && TrialWorker(driver: "") == nil)
    }
}
