import ArgumentParser

/// `workbench data`: recordings before they are trained with.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Look after recordings.",
        subcommands: [DataAlignCommand.self, DataSplitCommand.self])
}
