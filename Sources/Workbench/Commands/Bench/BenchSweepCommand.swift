import ArgumentParser
import Dispatch
import Experiments
import Foundation
import StrictJSON
import Tracking

/// `workbench bench sweep`: what asking for a trial and telling its value cost.
struct BenchSweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract:
            "Time a search whose objective costs nothing: each trial is asked for, and told, in SQLite.",
        discussion: """
            Every ask and every tell is a transaction of its own in a new workspace in the temporary folder, so that \
            nothing told is lost when the program is killed.
            """)

    @Option(help: "Trials.")
    var trials = 1000
    @Option(help: "How they are chosen: random or tpe.")
    var method = "random"
    @Option(help: ArgumentHelp("Put the workspace into this folder.", valueName: "dir"))
    var folder: String?
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard trials > 0 else { throw ValidationError("--trials \(trials): give a number of 1 or more") }
        guard ["random", "tpe"].contains(method) else {
            throw ValidationError("--method \(method): accepted: random, tpe")
        }
    }

    func run() throws {
        let parent = folder.map { URL(fileURLWithPath: $0) } ?? FileManager.default.temporaryDirectory
        let home = parent.appending(path: "workbench-bench-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: home) }
        let workspace = try Workspace(directory: home, programVersion: Version.text)
        let space = SearchSpace(
            NamedValues([
                ("rate", ParameterDomain(.logarithmic(1e-5...1e-1))),
                ("depth", ParameterDomain(.integers(1...8))),
                ("kind", ParameterDomain(.values(["a", "b", "c"]))),
            ]))
        let start = DispatchTime.now().uptimeNanoseconds
        let best = try Self.search(space, in: workspace, trials: trials, tpe: method == "tpe")
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
        let stored = try workspace.trials(of: workspace.sweep("last").id).count { $0.state == .finished }
        guard stored == trials else {
            throw ExperimentError.trainingFailed("\(stored) of \(trials) trials are in the database")
        }
        if output.json {
            JSONOutput.write([
                "method": .string(method), "trials": .integer(trials), "seconds": .number(seconds),
                "trials_per_second": .number(Double(trials) / seconds), "best": .number(best),
            ])
            return
        }
        var table = Table([.init("sweep"), .init("", .right), .init("")])
        table.add([method, "\(trials)", "trials"])
        table.add(["time", NumberText.fixed(seconds, decimals: 3), "s"])
        table.add(["a trial", NumberText.fixed(1e6 * seconds / Double(trials), decimals: 0), "µs"])
        Terminal.write(table.rendered(color: Terminal.usesColor))
    }

    /// The best value of a made-up objective.
    private static func search(
        _ space: SearchSpace, in workspace: Workspace, trials: Int, tpe: Bool
    ) throws -> Double {
        let sweep = try workspace.enterSweep(name: "bench", specJSON: "{}", specHash: "bench").sweep
        let random = RandomSampler(space: space, seed: 1)
        let parzen = TreeParzenSampler(space: space, seed: 1, goal: .min)
        var history: [SweepObservation] = []
        var best = Double.infinity
        for number in 0..<trials {
            var asked: (assignment: Assignment, token: TrialToken)?
            var attempt = 0
            while asked == nil {
                let next =
                    tpe
                    ? parzen.propose(number: number, attempt: attempt, history: history)
                    : random.propose(number: number, attempt: attempt)
                attempt += 1
                let description = TrialDescription(
                    paramsJSON: next.json.compactText, paramsHash: next.json.stableHash(), seed: 1)
                asked = try workspace.askTrial(of: sweep.id, description).map { (next, $0) }
            }
            guard let asked else { break }
            let rate = asked.assignment["rate"]?.doubleValue ?? 1
            let depth = asked.assignment["depth"]?.doubleValue ?? 0
            let value = abs(log10(rate) + 3) + abs(depth - 4)
            try workspace.endTrial(asked.token, .finished, value: value)
            if tpe { history.append(SweepObservation(asked.assignment, .value(value))) }
            best = min(best, value)
        }
        return best
    }
}
