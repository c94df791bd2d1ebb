import ArgumentParser
import Experiments
import Foundation
import StrictJSON
import Tracking

/// `workbench sweep ask`: the next trial for somebody else to run.
struct SweepAskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask", abstract: "Lease the next trial to a program of yours, and print its parameters.",
        discussion: """
            The trial is yours until you say what came of it with `workbench sweep tell`, or until the lease is over \
            without a word; then it is given to the next who asks. Asking again under the same --driver gives the \
            same trial. `workbench sweep FILE` may work on the same sweep at the same time.

            Exit status: 0 a trial was given, 2 wrong arguments or file, 3 no such sweep, or nothing is left to ask for, \
            5 others work on all that is left, 75 the sweep is paused.
            """)

    @Argument(help: "A sweep: sweep3, 3, last, its name, or its file, which begins it.")
    var sweep: String
    @Option(help: ArgumentHelp("Who asks. Default: somebody new each time.", valueName: "name"))
    var driver: String?
    @Option(
        help: ArgumentHelp("How long the trial is yours without a word, as 30min or 12h.", valueName: "span"))
    var lease = "1h"
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard let seconds = FilterLiteral.seconds(lease), (1...31_536_000).contains(seconds) else {
            throw ValidationError(
                "--lease \(lease): write a span such as 90s, 30min, 12h or 2d, at most 365d")
        }
        if let driver, driver.isEmpty || driver.contains(where: { $0 == "\t" || $0.isNewline }) {
            throw ValidationError("--driver needs a name of one line without tabulators")
        }
    }

    func run() throws {
        let seconds = Int(FilterLiteral.seconds(lease) ?? 3600)
        let worker = TrialWorker.driver(name: driver ?? UUID().uuidString, seconds: seconds)
        let isFile = FileManager.default.fileExists(atPath: sweep) || sweep.hasSuffix(".json")
        let session: SweepSession
        if isFile {
            let plan = try SweepPlan(contentsOf: sweep)
            _ = try plan.configurations()
            session = try SweepSession.enter(plan, in: workspaceOptions.openOrCreate()).session
        } else {
            session = try SweepSession.open(sweep, in: workspaceOptions.openExisting())
        }
        switch try session.driven.ask(worker, isNewFile: isFile) {
        case .trial(let asked): try show(asked, of: session)
        case .nothing(let reason): try show(reason, of: session)
        }
    }

    private func show(_ asked: AskedTrial, of session: SweepSession) throws {
        let trial = asked.trial
        if output.json {
            JSONOutput.write([
                "sweep": .string(session.sweep.address), "trial": .integer(trial.number),
                "try": .integer(asked.attempt), "seed": .integer(trial.seed), "label": JSONValue(trial.label),
                "params": asked.assignment.json,
                "experiment": try session.plan.experiment.config(asked.assignment, seed: trial.seed).json,
                "set": .array(asked.assignment.overrides(seed: trial.seed).map { .string($0) }),
                "token": .string(
                    "\(TrialToken(sweep: trial.sweep, number: trial.number, attempt: asked.attempt))"),
                "lease_until": .string(NumberText.timestamp(asked.until)),
                "rungs": .array(asked.rungs.map { .integer($0) }),
            ])
            return
        }
        var table = Table([.init("trial"), .init("\(trial.number)")])
        table.add(["try", "\(asked.attempt)"])
        table.add(["seed", "\(trial.seed)"])
        if let label = trial.label { table.add(["configuration", label]) }
        for (key, value) in asked.assignment.values.members {
            table.add([key, value.stringValue ?? value.compactText])
        }
        table.add(["yours until", NumberText.time(asked.until)])
        if !asked.rungs.isEmpty {
            table.add(["judged after", asked.rungs.map { "\($0)" }.joined(separator: ", ") + " steps"])
        }
        Terminal.write(table.rendered(color: Terminal.usesColor))
    }

    private func show(_ nothing: NothingToAsk, of session: SweepSession) throws {
        let address = session.sweep.address
        let (name, text, status): (String, String, Int32) =
            switch nothing {
            case .finished: ("finished", "\(address): all trials have come to their end", ExitStatus.notFound)
            case .taken(let count):
                (
                    "taken", "\(address): others work on the last \(count) trials; ask later",
                    ExitStatus.databaseBusy
                )
            case .budgetSpent: ("budget spent", "\(address): the budget is spent", ExitStatus.notFound)
            case .paused:
                (
                    "paused",
                    "\(address) is paused; workbench sweep resume \(address) --drivers-only lets drivers go on",
                    ExitStatus.resumable
                )
            case .stopped: ("stopped", "\(address) was stopped", ExitStatus.notFound)
            case .failed(let reason):
                ("failed", "\(address) ended at its first failure: \(reason)", ExitStatus.notFound)
            }
        Terminal.note(text + "\n")
        if output.json {
            JSONOutput.write(["sweep": .string(address), "trial": .null, "reason": .string(name)])
        }
        throw ExitCode(status)
    }
}
