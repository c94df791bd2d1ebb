import ArgumentParser
import StrictJSON
import Tracking

/// `workbench tag`: labels of runs.
struct TagCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag", abstract: "Put labels on runs, take them off, list them.",
        subcommands: [Add.self, Remove.self, List.self])

    /// The runs and the labels of one call.
    struct Arguments: ParsableArguments {
        @Argument(help: ArgumentHelp("The label.", valueName: "tag"))
        var tag: String
        @OptionGroup var runs: RunsOptions

        func validate() throws {
            if tag.isEmpty { throw ValidationError("the label is empty") }
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Put a label on runs: workbench tag add baseline run12 15..18")
        @OptionGroup var arguments: Arguments
        @OptionGroup var workspaceOptions: WorkspaceOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let workspace = try workspaceOptions.openExisting()
            let runs = try arguments.runs.resolve(in: workspace)
            for run in runs { try workspace.addTag(run: run.id, arguments.tag) }
            output.report("tagged", runs, note: "tagged \(arguments.tag): ")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Take a label off runs.", aliases: ["rm"])
        @OptionGroup var arguments: Arguments
        @OptionGroup var workspaceOptions: WorkspaceOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let workspace = try workspaceOptions.openExisting()
            let runs = try arguments.runs.resolve(in: workspace)
            let tagged = try runs.filter { try workspace.removeTag(run: $0.id, arguments.tag) }
            if tagged.isEmpty {
                throw TrackingError.notFound(
                    reason:
                        "none of these runs is tagged '\(arguments.tag)'; `workbench tag list` lists all tags"
                )
            }
            output.report("untagged", tagged, note: "no longer tagged \(arguments.tag): ")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List all labels, or those of one run.", aliases: ["ls"])
        @Argument(help: ArgumentHelp("A run.", valueName: "run"), completion: .runs)
        var address: String?
        @OptionGroup var workspaceOptions: WorkspaceOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let workspace = try workspaceOptions.openReadOnly()
            if let address {
                let run = try workspace.run(address)
                let tags = try workspace.tags(of: run.id)
                if output.json {
                    JSONOutput.write(["run": .string(run.address), "tags": JSONValue(tags)])
                } else {
                    Terminal.write(tags.map { $0 + "\n" }.joined())
                }
                return
            }
            let tags = try workspace.tags()
            if output.json {
                JSONOutput.write([
                    "tags": .array(tags.map { ["tag": .string($0.tag), "runs": .integer($0.runs)] })
                ])
                return
            }
            var table = Table([.init("tag"), .init("runs", .right)])
            for (tag, runs) in tags { table.add([tag, String(runs)]) }
            Terminal.write(table.rendered(color: Terminal.usesColor))
        }
    }
}
