import ArgumentParser
import Foundation
import StrictJSON
import Tracking

/// `workbench diff`: what differs between two runs.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what differs between two runs: configuration, code, surroundings.",
        discussion: "Only what differs is shown. Exit status 0, whether something differs or not.")

    @Argument(help: ArgumentHelp("The run that is compared with.", valueName: "run"), completion: .runs)
    var first: String
    @Argument(help: ArgumentHelp("The run that is compared.", valueName: "run"), completion: .runs)
    var second: String
    @Flag(help: "Keys of the configuration.")
    var config = false
    @Flag(help: "Commits, and changes that were not committed.")
    var code = false
    @Flag(help: "Host, processor, threads, versions, data.")
    var env = false
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let workspace = try workspaceOptions.openReadOnly()
        let difference = try RunDifference(workspace.run(first), workspace.run(second), in: workspace)
        let showsAll = !config && !code && !env
        if output.json {
            var members: JSONObject = [
                "first": .string(difference.runs.first.address),
                "second": .string(difference.runs.second.address),
            ]
            if config || showsAll { members["config"] = RunDifference.objects(difference.config) }
            if code || showsAll { members["code"] = difference.code.object }
            if env || showsAll { members["env"] = RunDifference.objects(difference.environment) }
            JSONOutput.write(members)
            return
        }
        let color = Terminal.usesColor
        let width = Terminal.outputIsTerminal ? Terminal.width : nil
        var parts: [String] = []
        func title(_ text: String) -> String { TextStyle.bold.applied(to: text, when: color) + "\n" }
        if config || showsAll, !difference.config.isEmpty {
            parts.append(
                title("config (\(difference.config.count) of \(difference.keys) keys)")
                    + difference.table(difference.config).rendered(width: width, color: color))
        }
        if code || showsAll, !difference.code.isEmpty {
            parts.append(title("code") + difference.code.rendered(difference.runs, color: color))
        }
        if env || showsAll, !difference.environment.isEmpty {
            parts.append(
                title("surroundings")
                    + difference.table(difference.environment).rendered(width: width, color: color))
        }
        Terminal.write(parts.joined(separator: "\n"))
        if parts.isEmpty { Terminal.note("nothing differs\n") }
    }
}
