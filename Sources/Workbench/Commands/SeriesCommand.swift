import ArgumentParser

struct SeriesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "series")
}
