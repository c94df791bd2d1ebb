import Foundation
import StrictJSON
import Testing
import Tracking

@testable import Experiments

/// Sweeps whose trials somebody else runs, and with them all that runners and drivers share: the order of trials, the
/// budget, retries, pruning.
@Suite struct DrivenSweepTests {
    private let home: SweepHome
    private var workspace: Workspace { home.workspace }

    init() throws { home = try SweepHome() }

    private func sweep(_ members: String) throws -> DrivenSweep {
        let (sweep, plan) = try home.enter(members)
        return DrivenSweep(workspace: workspace, sweep: sweep, plan: plan)
    }

    private static let grid = #""method": "grid", "params": {"training.steps": {"values": [10, 20, 30]}}"#
    private let ann = TrialWorker.driver(name: "ann", seconds: 600)

    /// The next trial; nil when there is none.
    private func ask(_ sweep: DrivenSweep, _ name: String = "ann") throws -> AskedTrial? {
        if case .trial(let asked) = try sweep.ask(.driver(name: name, seconds: 600), isNewFile: true) {
            asked
        } else {
            nil
        }
    }

    private func nothing(_ sweep: DrivenSweep, _ name: String = "ann") throws -> NothingToAsk? {
        if case .nothing(let reason) = try sweep.ask(.driver(name: name, seconds: 600), isNewFile: true) {
            reason
        } else {
            nil
        }
    }

    private func states() throws -> [TrialState] { try workspace.trials(of: 1).map(\.state) }

    /// The first seed of all configurations, then the second; the sweep is finished with its last trial.
    @Test func everyConfigurationOnceBeforeAnyTwice() throws {
        let sweep = try sweep(Self.grid + #", "seeds": [4, 9]"#)
        var order: [String] = []
        while let asked = try ask(sweep) {
            order.append("\(asked.assignment["training.steps"]?.intValue ?? 0)/\(asked.trial.seed)")
            let answer = try sweep.tell(asked.trial.number, attempt: asked.attempt, .value(1))
            #expect(answer == TellAnswer(goesOn: false, state: .finished, message: nil))
        }
        #expect(order == ["10/4", "20/4", "30/4", "10/9", "20/9", "30/9"])
        #expect(try workspace.sweep(1).state == .finished && nothing(sweep) == .finished)
        // More seeds in the file open it again.
        let more = try self.sweep(Self.grid + #", "seeds": [4, 9, 12]"#)
        #expect(try ask(more)?.trial.seed == 12)
        #expect(try workspace.sweep(1).state == .running)
    }

    @Test func tellingTwiceIsTellingOnce() throws {
        let sweep = try sweep(Self.grid)
        for number in 0..<3 { #expect(try ask(sweep, "d\(number)")?.trial.number == number) }
        #expect(try nothing(sweep, "late") == .taken(count: 3))
        let reports: [TrialReport] = [.value(2), .failed(reason: "nan"), .pruned]
        let ends: [TrialState] = [.finished, .failed, .pruned]
        for (number, report) in reports.enumerated() {
            #expect(try sweep.tell(number, attempt: nil, report).state == ends[number])
            let before = try workspace.trials(of: 1)[number]
            #expect(try sweep.tell(number, attempt: 1, report).state == ends[number])
            #expect(try workspace.trials(of: 1)[number].ended == before.ended)
            for other in reports + [.value(3), .progress(steps: 1, value: 1)] where other != report {
                // Who was told to stop may not have heard it.
                if number == 2, case .progress = other {
                    #expect(try sweep.tell(number, attempt: nil, other).goesOn == false)
                    continue
                }
                #expect(throws: SweepError.self, "\(other) of \(ends[number])") {
                    try sweep.tell(number, attempt: nil, other)
                }
            }
        }
        #expect(try states() == ends)
    }

    @Test func whatIsNotOnesOwnIsRefused() throws {
        let sweep = try sweep(Self.grid)
        #expect(try ask(sweep)?.trial.number == 0)
        func refusal(_ number: Int, attempt: Int? = nil) -> String {
            do {
                return "\(try sweep.tell(number, attempt: attempt, .value(1)))"
            } catch {
                return "\(error)"
            }
        }
        #expect(
            refusal(1) == "sweep1/1 waits and is worked on by nobody; ask for it first; nothing was changed")
        #expect(refusal(0, attempt: 2).contains("sweep1/0 is at try 1, not 2"))
        #expect(refusal(7) == "no trial 'sweep1/7'; sweep1 has the trials 0 to 2")
        guard case .start(_, let token)? = try workspace.claimTrial(of: 1) else { return }
        #expect(refusal(token.number).contains("sweep1/1 is run by the workbench itself"))
        // A value that is none is a failure.
        #expect(try sweep.tell(0, attempt: 1, .value(.nan)).state == .failed)
        #expect(try workspace.trials(of: 1)[0].reason == "its value is nan")
    }

    @Test func failuresAreTriedAgainAsOftenAsTheFileSays() throws {
        let sweep = try sweep(Self.grid + #", "retry": {"failed": 1}"#)
        #expect(try ask(sweep)?.attempt == 1)
        let answer = try sweep.tell(0, attempt: 1, .failed(reason: "lost"))
        #expect(answer.state == .waiting && answer.message?.contains("tried again (1 of 1)") == true)
        // Said twice it counts once.
        #expect(try sweep.tell(0, attempt: 1, .failed(reason: "lost")).state == .waiting)
        #expect(try ask(sweep)?.attempt == 2 && workspace.trials(of: 1)[0].failures == 1)
        #expect(try sweep.tell(0, attempt: 2, .failed(reason: "lost")).state == .failed)
        #expect(try ask(sweep)?.trial.number == 1)
    }

    @Test func theFirstFailureEndsTheSweepWhereTheFileSaysSo() throws {
        let sweep = try sweep(Self.grid + #", "stop_on_first_failure": true"#)
        #expect(try ask(sweep) != nil)
        _ = try sweep.tell(0, attempt: 1, .failed(reason: "burnt"))
        #expect(try nothing(sweep) == .failed(reason: "sweep1/0: burnt"))
        try workspace.retryTrials(of: 1, states: [.failed])
        #expect(try ask(sweep)?.trial.number == 0)
    }

    @Test func pausedStoppedAndSpentSweepsGiveNothing() throws {
        let sweep = try sweep(Self.grid + #", "budget": {"trials": 1}"#)
        #expect(try ask(sweep)?.trial.number == 0)
        _ = try sweep.tell(0, attempt: nil, .value(1))
        #expect(try nothing(sweep) == .budgetSpent)
        let more = try self.sweep(Self.grid + #", "budget": {"trials": 2}"#)
        try workspace.setState(of: 1, to: .paused)
        #expect(try nothing(more) == .paused)
        // Interrupted is not paused.
        try workspace.setState(of: 1, to: .paused, reason: "interrupted")
        #expect(try ask(more)?.trial.number == 1)
        try workspace.setState(of: 1, to: .stopped)
        #expect(try nothing(more) == .stopped)
        #expect(try more.tell(1, attempt: nil, .value(1)).state == .finished)
    }

    /// Hours count from a trial's start to its end.
    @Test func theBudgetOfHoursEndsIt() throws {
        let sweep = try sweep(Self.grid + #", "budget": {"hours": 1}"#)
        let now = Date()
        guard case .trial = try sweep.ask(ann, isNewFile: true, now: now.addingTimeInterval(-7200)) else {
            return
        }
        _ = try sweep.tell(0, attempt: nil, .value(1))
        #expect(try nothing(sweep) == .budgetSpent)
    }

    private static let pruned =
        #""method": "grid", "params": {"training.steps": {"values": [90, 91, 92, 93]}}, "#
        + #""prune": {"min": 10, "eta": 2, "max": 90}, "seeds": [1, 2]"#

    /// At every rung the better half goes on; what was pruned gets no further seed.
    @Test func hopelessTrialsAreStopped() throws {
        let sweep = try sweep(Self.pruned)
        var seen: [String] = []
        while let asked = try ask(sweep) {
            #expect(asked.rungs == [10, 20, 40, 80])
            let number = asked.trial.number
            #expect(try sweep.tell(number, attempt: nil, .progress(steps: 9, value: 99)).goesOn)
            // The first of all goes on, later ones if they are better than half of what came before.
            let value = [5.0, 6, 4, 7][number % 4]
            let answer = try sweep.tell(number, attempt: nil, .progress(steps: 12, value: value))
            seen.append("\(number) \(answer.goesOn)")
            if answer.goesOn { _ = try sweep.tell(number, attempt: nil, .value(value)) }
        }
        #expect(seen == ["0 true", "1 false", "2 true", "3 false", "4 true", "6 true"])
        #expect(
            try states() == [.finished, .pruned, .finished, .pruned, .finished, .pruned, .finished, .pruned])
        let reason = try workspace.trials(of: 1)[1].reason ?? ""
        #expect(reason == "after 10 steps: validation/loss 6 is not among the best 1/2 of 2")
    }

    /// "Mean over seeds" gives a bad seed of a good configuration another chance, "each run" does not.
    @Test(arguments: [("mean over seeds", true), ("each run", false)])
    func aConfigurationIsJudgedByItsSeeds(_ unit: String, _ goesOn: Bool) throws {
        let sweep = try sweep(
            #""method": "grid", "params": {"training.steps": {"values": [90, 91]}}, "seeds": [1, 2], "#
                + #""prune": {"min": 10, "eta": 2, "max": 90, "on": "\#(unit)"}"#)
        for value in [2.0, 1] {
            let asked = try #require(try ask(sweep))
            _ = try sweep.tell(asked.trial.number, attempt: nil, .progress(steps: 10, value: value))
            _ = try sweep.tell(asked.trial.number, attempt: nil, .value(value))
        }
        // 2 and 1.5 make 1.75 for the first configuration; the second stands at 1 and then at (1 + 1.8) / 2 = 1.4.
        let third = try #require(try ask(sweep, "bob"))
        let fourth = try #require(try ask(sweep, "cyd"))
        #expect(third.trial.number == 2 && fourth.trial.number == 3)
        _ = try sweep.tell(2, attempt: nil, .progress(steps: 10, value: 1.5))
        #expect(try sweep.tell(3, attempt: nil, .progress(steps: 10, value: 1.8)).goesOn == goesOn)
    }

    /// The best value so far is what counts where the objective is the best, and the last where it is the last.
    @Test(arguments: [("best", 3.0), ("last", 8.0)])
    func progressIsKept(_ moment: String, _ value: Double) throws {
        let sweep = try sweep(Self.grid + #", "objective": {"at": "\#(moment)"}"#)
        #expect(try ask(sweep) != nil)
        for (step, value) in [(1, 4.0), (2, 3), (3, .nan), (4, 8)] {
            #expect(try sweep.tell(0, attempt: 1, .progress(steps: step, value: value)).goesOn)
        }
        let trial = try workspace.trials(of: 1)[0]
        #expect(trial.value == value && trial.state == .running)
    }

    /// TPE proposes one trial at a time and comes to an end; a parameter under a condition is there only with it.
    @Test func aSearchThatLooksAtResultsCanBeDriven() throws {
        let sweep = try sweep(
            #"""
            "method": "tpe", "budget": {"trials": 24}, "seeds": [1, 2],
            "params": {"optimizer.learning_rate": {"log": [1e-5, 1e-2]},
                       "optimizer.schedule": {"values": ["cosine", "constant"]}},
            "when": [{"if": {"optimizer.schedule": "cosine"},
                      "params": {"optimizer.final_share": {"range": [0, 0.5]}}}]
            """#)
        var seeds: [Int] = []
        while let asked = try ask(sweep) {
            seeds.append(asked.trial.seed)
            let isCosine = asked.assignment["optimizer.schedule"] == "cosine"
            #expect((asked.assignment["optimizer.final_share"] != nil) == isCosine)
            let rate = asked.assignment["optimizer.learning_rate"]?.doubleValue ?? 1
            _ = try sweep.tell(asked.trial.number, attempt: nil, .value(abs(log10(rate) + 3)))
        }
        #expect(seeds == Array(repeating: 1, count: 12) + Array(repeating: 2, count: 12))
        #expect(try workspace.sweep(1).state == .finished)
    }
}
