import ArgumentParser
import Experiments
import Foundation
import StrictJSON
import Tracking

/// `workbench sweep tell`: what came of a trial that was asked for.
struct SweepTellCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tell", abstract: "Say what came of a trial that was asked for.",
        usage: """
            workbench sweep tell <sweep> <trial> --value <number>
            workbench sweep tell <sweep> <trial> --value <number> --step <steps>
            workbench sweep tell <sweep> <trial> --failed <reason>
            workbench sweep tell <sweep> <trial> --pruned
            """,
        discussion: """
            --value ends the trial. With --step it is what the objective has come to after so many steps; the lease is \
            renewed, and the answer is one word: continue, or stop when the sweep prunes the trial, which ends it. Telling \
            the same again changes nothing.

            Exit status: 0 it is noted, 2 wrong arguments, 3 no such sweep or trial, 5 the database is locked, 7 refused: \
            the trial is another one's by now, was never asked for, or has ended otherwise.
            """)

    @Argument(help: "A sweep: sweep3, 3, last, or its name.")
    var sweep: String
    @Argument(help: "The trial's number, as `ask` gave it.")
    var trial: Int
    @Option(name: .customLong("try"), help: "Which try you speak of, as `ask` gave it. Default: the newest.")
    var attempt: Int?
    @Option(parsing: .unconditional, help: "The objective.")
    var value: Double?
    @Option(help: "So many steps were done; the trial goes on.")
    var step: Int?
    @Option(help: ArgumentHelp("It came to grief, and why.", valueName: "reason"))
    var failed: String?
    @Flag(help: "You have stopped it because it was hopeless.")
    var pruned = false
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        let given = [value != nil, failed != nil, pruned].count { $0 }
        guard given == 1 else {
            throw ValidationError("give one of --value, --failed and --pruned; there are \(given)")
        }
        if let step {
            guard value != nil else { throw ValidationError("--step needs --value: what it has come to") }
            guard step >= 1 else { throw ValidationError("--step \(step): give a number of 1 or more") }
        }
        if let attempt, attempt < 1 { throw ValidationError("--try \(attempt): give a number of 1 or more") }
    }

    private var report: TrialReport {
        if let value { return step.map { .progress(steps: $0, value: value) } ?? .value(value) }
        return failed.map { .failed(reason: $0) } ?? .pruned
    }

    func run() throws {
        let session = try SweepSession.open(sweep, in: workspaceOptions.openExisting())
        let answer = try session.driven.tell(trial, attempt: attempt, report)
        if let message = answer.message { Terminal.note(message + "\n") }
        if output.json {
            JSONOutput.write([
                "sweep": .string(session.sweep.address), "trial": .integer(trial),
                "state": .string(answer.state.rawValue), "continue": .bool(answer.goesOn),
            ])
        } else if step != nil {
            Terminal.write(answer.goesOn ? "continue\n" : "stop\n")
        }
    }
}
