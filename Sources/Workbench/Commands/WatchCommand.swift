import ArgumentParser
import Foundation
import Tracking

/// `workbench watch`: how a run is getting on, from any process.
struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Follow a run while it works, from any terminal.",
        discussion: """
            Shows state, progress, speed, loss and events until the run ends; nothing of the run is touched. A run \
            whose process is gone is shown as crashed, one whose process lives and gives no sign of life as stalled. \
            Without a terminal it prints a line whenever something has changed, with --json an object a line.

            Exit status: 0 the run finished or was pruned, or --once found it at work, 1 it failed or crashed, \
            3 there is no such run, 75 it was stopped and can be resumed, 130, 143 or 129 stopped without a checkpoint.
            """)

    @Argument(
        help: ArgumentHelp("The run: run12, 12, last, or its name.", valueName: "run"), completion: .runs)
    var address: String = "last"
    @Option(help: "Seconds between two looks, 0.1 to 3600. Default: 1 on a terminal, else 10.")
    var interval: Double?
    @Flag(help: "Look once and end.")
    var once = false
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let interval, !(0.1...3600).contains(interval) {
            throw ValidationError("--interval \(interval): give a number from 0.1 to 3600")
        }
    }

    func run() throws {
        let workspace = try workspaceOptions.openReadOnly()
        // "last" must not jump to a run that starts meanwhile.
        let address = try workspace.run(address).address
        let redraws = Terminal.outputIsTerminal && !output.json && !once
        let pause = interval ?? (Terminal.outputIsTerminal ? 1 : 10)
        var shown = ""
        while true {
            let snapshot = try RunSnapshot(of: address, in: workspace)
            if redraws {
                let block = snapshot.block(width: Terminal.width, color: Terminal.usesColor)
                Terminal.write(Self.replacing(shown, with: block))
                shown = block
            } else {
                let text = text(of: snapshot)
                if text != shown { Terminal.write(text) }
                shown = text
            }
            if snapshot.isOver || once {
                if snapshot.exitStatus != ExitStatus.success { throw ExitCode(snapshot.exitStatus) }
                return
            }
            Thread.sleep(forTimeInterval: pause)
        }
    }

    private func text(of snapshot: RunSnapshot) -> String {
        if output.json { return JSONOutput.text(snapshot.members) }
        if once {
            return snapshot.block(
                width: Terminal.outputIsTerminal ? Terminal.width : 200, color: Terminal.usesColor)
        }
        return snapshot.line
    }

    /// Draws a block over the one before: up by its lines, and each line cleared before it is written.
    static func replacing(_ old: String, with new: String) -> String {
        let up = old.count { $0 == "\n" }
        let lines = new.split(separator: "\n").map { "\u{1b}[2K\($0)\n" }.joined()
        return (up > 0 ? "\u{1b}[\(up)A" : "") + "\r" + lines + "\u{1b}[J"
    }
}
