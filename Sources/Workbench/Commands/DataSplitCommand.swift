import ArgumentParser
import Audio
import Experiments
import Foundation
import StrictJSON

/// `workbench data split`: which recording is in which part, and a list that freezes it.
struct DataSplitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "split",
        abstract: "Show how an experiment's recordings are split, and freeze it in a file.",
        discussion: """
            Give the file to "split_file" of the dataset; recordings that are added later are then decided by a hash \
            of their names, and no listed one ever moves. Every run keeps its split as split.json in its folder.
            """)

    @Argument(help: ArgumentHelp("The experiment's JSON file.", valueName: "experiment"))
    var file: String
    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Change one key; may be given several times.", valueName: "path=value"))
    var overrides: [String] = []
    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("Write the list here.", valueName: "file"))
    var out: String?
    @Flag(help: "Replace the file if it exists.")
    var overwrite = false
    @OptionGroup var output: OutputOptions

    func run() throws {
        var document = try JSONDocument(contentsOf: file)
        for override in overrides { try document.apply(Override(override)) }
        let config = try document.decode(ExperimentConfig.self)
        let dataset = try config.dataset.item.open(sampleRate: config.audio.sampleRate)
        guard let list = dataset.splitList else {
            throw ExperimentError.config(
                "\(file): the dataset \"\(config.dataset.kind)\" has no recordings to split")
        }
        if let out {
            if !overwrite, FileManager.default.fileExists(atPath: out) {
                throw ExperimentError.config("\(out): exists; --overwrite replaces it")
            }
            try list.write(to: out)
        }
        for issue in dataset.issues { Terminal.note("left out: \(issue)\n") }
        if output.json {
            var object: JSONObject = ["hash": .string(list.hash), "test_hash": .string(dataset.testHash)]
            for part in DataSplit.allCases { object[part.rawValue] = JSONValue(list.names(part)) }
            object["left_out"] = JSONValue(dataset.issues.map(\.description))
            JSONOutput.write(object)
            return
        }
        var table = Table([.init("part"), .init("recordings", .right), .init("first names", shrinks: true)])
        for part in DataSplit.allCases {
            let names = list.names(part)
            let shown = names.prefix(4).joined(separator: ", ") + (names.count > 4 ? ", ..." : "")
            table.add([part.rawValue, String(names.count), shown])
        }
        Terminal.write(table.rendered(width: nil, color: Terminal.usesColor))
        Terminal.write("hash \(list.hash)\n")
    }
}
