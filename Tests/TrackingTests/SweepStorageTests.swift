import Foundation
import GRDB
import Testing

@testable import Tracking

/// Sweeps, trials and leases in the database.
@Suite struct SweepStorageTests {
    private func trials(_ count: Int, seed: Int = 1) -> [TrialDescription] {
        (0..<count).map {
            TrialDescription(label: "c\($0)", paramsJSON: "{}", paramsHash: "h\($0)", seed: seed)
        }
    }

    private func sweep(in workspace: Workspace, _ hash: String = "x", name: String = "first") throws -> Sweep
    {
        try workspace.enterSweep(name: name, specJSON: "{}", specHash: hash).sweep
    }

    @Test func theSameSweepIsEnteredOnce() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let (first, isNew) = try workspace.enterSweep(name: "first", specJSON: "{}", specHash: "x")
        let (again, isNewAgain) = try workspace.enterSweep(
            name: "first", specJSON: "{\"jobs\":2}", specHash: "x")
        #expect(isNew && !isNewAgain && first.id == again.id && again.specJSON == "{\"jobs\":2}")
        #expect(try workspace.addTrials(to: first.id, trials(3)) == 3)
        #expect(try workspace.addTrials(to: first.id, trials(4) + trials(2, seed: 2)) == 3)
        #expect(try workspace.trials(of: first.id).map(\.number) == Array(0..<6))
        // Whoever looked at five trials has looked at too few.
        #expect(try workspace.addTrials(to: first.id, trials(9), expecting: 5) == 0)
        #expect(try workspace.addTrials(to: first.id, trials(9), expecting: 6) == 5)
    }

    @Test func sweepsAreFoundByAddressOrName() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        #expect(throws: SweepError.noSweeps(address: "last", path: workspace.directory.path)) {
            try workspace.sweep("last")
        }
        for (hash, name) in [("a", "one"), ("b", "two"), ("c", "two")] {
            _ = try sweep(in: workspace, hash, name: name)
        }
        #expect(try workspace.sweep("sweep2").id == 2 && workspace.sweep("1").name == "one")
        #expect(try workspace.sweep("last").id == 3 && workspace.sweep("one").id == 1)
        #expect(throws: SweepError.ambiguousSweep(address: "two", candidates: ["sweep2", "sweep3"])) {
            try workspace.sweep("two")
        }
        #expect(throws: SweepError.unknownSweep(address: "onne", nearest: ["one"])) {
            try workspace.sweep("onne")
        }
        #expect(throws: SweepError.unknownSweep(address: "sweep9", nearest: ["sweep3", "sweep2", "sweep1"])) {
            try workspace.sweep("sweep9")
        }
    }

    /// Everything in order, each once; a token of an earlier try is worth nothing.
    @Test func trialsAreClaimedOnce() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let sweep = try sweep(in: workspace)
        try workspace.addTrials(to: sweep.id, trials(2))
        guard case .start(let trial, let token)? = try workspace.claimTrial(of: sweep.id),
            case .start(let second, _)? = try workspace.claimTrial(of: sweep.id)
        else {
            Issue.record("nothing to start")
            return
        }
        #expect(trial.number == 0 && second.number == 1 && token.attempt == 1)
        #expect(try workspace.claimTrial(of: sweep.id) == nil)
        let run = try workspace.startRun(RunDescription(seed: 1, configJSON: "{}"))
        try workspace.attach(run: run.run, to: token)
        #expect(try workspace.trial(token)?.run == run.run && workspace.run("last").trialNumber == 0)
        try workspace.returnTrial(token, .crashed, reason: "signal 9")
        #expect(throws: SweepError.trialLost(address: "sweep1/0")) {
            try workspace.attach(run: run.run, to: token)
        }
        #expect(try workspace.endTrial(token, .finished, value: 1) == false)
        guard case .start(let again, let newer)? = try workspace.claimTrial(of: sweep.id) else {
            Issue.record("it does not come back")
            return
        }
        #expect(again.number == 0 && again.crashes == 1 && again.run == run.run && newer.attempt == 2)
        #expect(try workspace.endTrial(newer, .finished, value: .nan))
        #expect(try workspace.trial(newer)?.value == nil && workspace.trial(newer)?.state == .finished)
        try run.finish(.finished)
    }

    /// Makes the trials of this process those of another one.
    private func giveAway(_ workspace: Workspace, to owner: ProcessIdentity, until: Date) throws {
        try workspace.write { database in
            try database.execute(
                sql: "UPDATE trials SET lease_owner = ?, lease_until_us = ? WHERE state = 'running'",
                arguments: [owner.leaseText, until.microseconds])
        }
    }

    @Test func whatADeadProcessLeftIsTakenOver() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let sweep = try sweep(in: workspace)
        try workspace.addTrials(to: sweep.id, trials(2))
        guard case .start(_, let token)? = try workspace.claimTrial(of: sweep.id) else { return }
        var other = ProcessIdentity.current
        // The parent of all processes lives, and never started when this identity says.
        other.processID = 1
        other.processStart = ProcessIdentity.start(ofProcess: 1)
        let future = Date(timeIntervalSinceNow: 20)
        try giveAway(workspace, to: other, until: future)
        #expect(try workspace.otherWorkers(on: sweep.id) == 1)
        guard case .start(let next, _)? = try workspace.claimTrial(of: sweep.id) else { return }
        #expect(next.number == 1, "a living process keeps its trial")
        try workspace.returnTrial(TrialToken(sweep: sweep.id, number: 1, attempt: 1), .interrupted)

        // The same number, another process: without a run the trial begins anew.
        other.processStart = (other.processStart ?? 0) + 1
        try giveAway(workspace, to: other, until: future)
        #expect(try workspace.otherWorkers(on: sweep.id) == 0)
        guard case .start(let orphan, let newer)? = try workspace.claimTrial(of: sweep.id) else {
            Issue.record("it was not taken over")
            return
        }
        #expect(orphan.number == 0 && newer.attempt == token.attempt + 1)

        // With a run that lives it is watched.
        let run = try workspace.startRun(RunDescription(seed: 1, configJSON: "{}"))
        try workspace.attach(run: run.run, to: newer)
        try giveAway(workspace, to: other, until: future)
        guard case .adopt(_, let same, let adopted, let isGone)? = try workspace.claimTrial(of: sweep.id)
        else {
            Issue.record("it was not adopted")
            return
        }
        #expect(same == newer && adopted == run.run && !isGone)

        // Of another machine, the time decides.
        other.host = "elsewhere"
        try giveAway(workspace, to: other, until: future)
        guard case .start(let last, _)? = try workspace.claimTrial(of: sweep.id) else { return }
        #expect(last.number == 1)
        guard case .adopt? = try workspace.claimTrial(of: sweep.id, now: Date(timeIntervalSinceNow: 21))
        else {
            Issue.record("a lease that is over still holds")
            return
        }
        try run.finish(.finished)
    }

    @Test func pruningEndsTheConfiguration() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let sweep = try sweep(in: workspace)
        try workspace.addTrials(to: sweep.id, trials(2) + trials(2, seed: 2))
        guard case .start(_, let first)? = try workspace.claimTrial(of: sweep.id),
            case .start(_, let second)? = try workspace.claimTrial(of: sweep.id)
        else { return }
        _ = try workspace.enterRung(first, rung: 0, value: 1)
        let rungs = try workspace.enterRung(second, rung: 0, value: 2)
        #expect(rungs.map(\.value) == [1, 2] && rungs.map(\.paramsHash) == ["h0", "h1"])
        // What is noted once stays: a resumed trial passes its rungs again.
        #expect(try workspace.enterRung(second, rung: 0, value: 9).map(\.value) == [1, 2])
        let run = try workspace.startRun(RunDescription(seed: 1, configJSON: "{}"))
        try workspace.attach(run: run.run, to: second)
        try run.finish(.killed, exitCode: 75, error: "stopped")
        try workspace.pruneTrial(second, run: run.run, value: 2, reason: "too slow")
        let states = try workspace.trials(of: sweep.id).map(\.state)
        #expect(states == [.running, .pruned, .waiting, .pruned])
        #expect(try workspace.run("last").status == .pruned)
    }

    @Test func failedTrialsCanBeTriedAgain() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let sweep = try sweep(in: workspace)
        try workspace.addTrials(to: sweep.id, trials(3))
        guard case .start(_, let first)? = try workspace.claimTrial(of: sweep.id),
            case .start(_, let second)? = try workspace.claimTrial(of: sweep.id)
        else { return }
        let run = try workspace.startRun(RunDescription(seed: 1, configJSON: "{}"))
        try workspace.attach(run: run.run, to: first)
        try run.finish(.failed, error: "nan")
        try workspace.endTrial(first, .failed, reason: "nan")
        try workspace.endTrial(second, .finished, value: 1)
        try workspace.stopWaitingTrials(of: sweep.id)
        #expect(try workspace.trials(of: sweep.id).map(\.state) == [.failed, .finished, .stopped])
        #expect(try workspace.retryTrials(of: sweep.id, states: [.failed], number: 1) == 0)
        #expect(try workspace.retryTrials(of: sweep.id, states: [.failed]) == 1)
        #expect(try workspace.trials(of: sweep.id).map(\.state) == [.waiting, .finished, .stopped])
        #expect(try workspace.trials(of: sweep.id)[0].run == nil, "what failed is not taken up again")
        // What was begun comes before what was not, when nothing new may be started.
        #expect(try workspace.claimTrial(of: sweep.id, startsNew: false) != nil)
        #expect(try workspace.claimTrial(of: sweep.id, startsNew: false) == nil)
    }

    @Test func askAndTell() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let sweep = try sweep(in: workspace)
        let tokens = try trials(3).compactMap { try workspace.askTrial(of: sweep.id, $0) }
        #expect(tokens.map(\.number) == [0, 1, 2])
        #expect(try workspace.askTrial(of: sweep.id, trials(1)[0]) == nil)
        for token in tokens { #expect(try workspace.endTrial(token, .finished, value: 2)) }
        #expect(try workspace.trials(of: sweep.id).map(\.value) == [2, 2, 2])
    }

    @Test func tokensAreText() {
        #expect(TrialToken("3/5/1") == TrialToken(sweep: 3, number: 5, attempt: 1))
        for text in ["", "3/5", "3/5/0", "0/5/1", "3/-1/1", "a/b/c", "3/5/1/1"] {
            #expect(TrialToken(text) == nil)
        }
    }
}
