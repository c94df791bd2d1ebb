import ArgumentParser

@main
struct Workbench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workbench",
        abstract: "Train, compare and use networks that turn a phone recording into studio sound.",
        subcommands: [BenchCommand.self])
}
