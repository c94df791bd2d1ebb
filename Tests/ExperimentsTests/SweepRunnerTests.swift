import Foundation
import StrictJSON
import Synchronization
import Testing
import Tracking

@testable import Experiments

/// What a runner makes of processes that fail and break down, with a shell in the place of a training.
@Suite struct SweepRunnerTests {
    private let home: SweepHome
    private var workspace: Workspace { home.workspace }

    init() throws { home = try SweepHome() }

    private final class Messages: RunReporter {
        private let lines = Mutex<[String]>([])
        var text: String { lines.withLock { $0.joined(separator: "\n") } }
        func begin(_ part: String, total: Int, unit: String, done: Int) {}
        func update(_ done: Int, tail: String?) {}
        func update(_ done: Int, _ view: TrainingView) {}
        func end() {}
        func message(_ text: String) { lines.withLock { $0.append(text) } }
    }

    /// Runs a sweep of two configurations; the script sees the trial's number as $1, its try as $2 and its threads as $3.
    private func run(_ members: String, script: String, jobs: Int = 1, cores: Int = 1) throws -> (
        end: SweepEnd, trials: [Trial], messages: String
    ) {
        let (sweep, plan) = try home.enter(
            #""method": "grid", "params": {"training.steps": {"values": [1, 2]}}, \#(members)"#)
        let messages = Messages()
        let runner = SweepRunner(
            workspace: workspace, sweep: sweep, plan: plan, jobs: jobs, cores: cores,
            launcher: TrialLauncher(program: URL(fileURLWithPath: "/bin/sh"), resumesRuns: false) { start in
                ["-c", script, "sh", "\(start.trial.number)", "\(start.token.attempt)", "\(start.threads)"]
            }, reporter: messages)
        let end = try runner.run(shouldStop: { false })
        return (end, try workspace.trials(of: sweep.id), messages.text)
    }

    @Test func failuresAndCrashesAreTriedAgain() throws {
        let (end, trials, messages) = try run(
            #""retry": {"crashed": 2, "failed": 1}"#,
            script: "if [ $1 = 0 ]; then kill -9 $$; fi; echo 'workbench: no luck' >&2; exit 3")
        #expect(end == .finished)
        #expect(trials.map(\.state) == [.failed, .failed] && trials.map(\.tries) == [3, 2])
        #expect(trials[0].reason == "crashed: its process was ended by signal 9")
        #expect(trials[1].reason == "no luck")
        #expect(trials[0].crashes == 2 && trials[0].failures == 1 && trials[1].failures == 2)
        #expect(messages.contains("sweep1/0 (training.steps=1, seed 1) crashed"))
        #expect(messages.contains("tried again (2 of 2)") && messages.contains("tried again (1 of 1)"))
    }

    @Test func theFirstFailureEndsIt() throws {
        let script = "exit 3"
        let (end, trials, _) = try run(#""stop_on_first_failure": true"#, script: script)
        #expect(end == .failed(reason: "sweep1/0: exit status 3"))
        #expect(trials.map(\.state) == [.failed, .waiting])
        // Running it again changes nothing until the trial is retried.
        let again = try run(#""stop_on_first_failure": true"#, script: script)
        #expect(again.end == end && again.trials.map(\.tries) == [1, 0])
        try workspace.retryTrials(of: 1, states: [.failed])
        #expect(try run(#""stop_on_first_failure": true"#, script: script).trials.map(\.tries) == [2, 0])
    }

    /// Jobs share the cores evenly; each has one at least.
    @Test(arguments: [(1, 2, 2), (2, 2, 1), (2, 5, 2), (3, 2, 1)])
    func threadsAreDividedBetweenJobs(jobs: Int, cores: Int, threads: Int) throws {
        let (_, trials, _) = try run(#""jobs": 1"#, script: "exit $3", jobs: jobs, cores: cores)
        #expect(trials.map(\.reason) == [String?](repeating: "exit status \(threads)", count: 2))
    }

    @Test func theBudgetEndsIt() throws {
        let (end, trials, _) = try run(#""budget": {"trials": 1}"#, script: "exit 3")
        #expect(end == .budgetSpent && trials.map(\.tries) == [1, 0])
        #expect(try workspace.sweep(1).state == .paused)
        #expect(try run(#""budget": {"trials": 2}"#, script: "exit 3").end == .finished)
    }

    /// A runner waits for what a driver has, and takes it over when the lease is over.
    @Test func aRunnerWaitsForDrivers() throws {
        let plan = #""budget": {"trials": 2}"#
        _ = try run(plan, script: "exit 3")
        try workspace.retryTrials(of: 1, states: [.failed], number: 1)
        _ = try workspace.claimTrial(of: 1, by: .driver(name: "ann", seconds: 4))
        let (end, trials, messages) = try run(plan, script: "exit 4")
        #expect(end == .finished && trials.map(\.tries) == [1, 3])
        #expect(trials[1].reason == "exit status 4")
        #expect(messages.contains("waiting for them"))
    }
}
