import ArgumentParser
import Experiments
import Foundation
import StrictJSON

/// `workbench data preview`: what an experiment's network will hear.
struct DataPreviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract:
            "Write examples of an experiment's data: audio before and after, spectrograms, drawn values.",
        discussion: """
            Training examples are those that a run with this seed begins with, before and after augmentation; \
            --part validation or test writes items of the frozen lists. examples.json holds everything that was drawn.
            """)

    @Argument(help: ArgumentHelp("The experiment's JSON file.", valueName: "experiment"))
    var file: String
    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Change one key; may be given several times.", valueName: "path=value"))
    var overrides: [String] = []
    @Option(help: "train, validation or test.")
    var part = Part.train
    @Option(help: "How many examples.")
    var count = 8
    @Option(help: "The seed of a training. Default: the experiment's.")
    var seed: Int?
    @Option(help: "Length of a training example, s. Default: as the training takes them.")
    var seconds: Double?
    @Option(name: [.customShort("o"), .long], help: "The folder that is made for the files.")
    var output = "preview"
    @Flag(help: "Write into the folder though it has files.")
    var overwrite = false
    @OptionGroup var computing: ComputingOptions
    @Flag(help: "Show no progress.")
    var quiet = false
    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    enum Part: String, ExpressibleByArgument, CaseIterable { case train, validation, test }

    func validate() throws {
        guard (1...10_000).contains(count) else {
            throw ValidationError("--count \(count): give a number from 1 to 10000")
        }
        if let seconds, !(0.1...600).contains(seconds) {
            throw ValidationError("--seconds \(seconds): give a length from 0.1 to 600")
        }
    }

    func run() throws {
        computing.apply()
        var document = try JSONDocument(contentsOf: file)
        for override in overrides { try document.apply(Override(override)) }
        if let seed { try document.apply(Override("seed=\(seed)")) }
        let config = try document.decode(ExperimentConfig.self)
        let rate = config.audio.sampleRate
        let dataset = AugmentedDataset.make(
            try config.dataset.item.make(sampleRate: rate), config.augmentation, sampleRate: rate)
        let folder = try makeFolder()
        let samples =
            seconds.map { Int($0 * Double(rate)) }
            ?? FrontEnd(config.audio).samples(frames: config.training.clipFrames)
        Interruption.watch()
        let reporter = ConsoleReporter(isQuiet: quiet)
        reporter.begin("preview", total: count, unit: "examples")
        let preview = ExamplePreview(dataset: dataset, sampleRate: rate)
        let progress = { (done: Int) in reporter.update(done, tail: nil) }
        let entries: [ExamplePreview.Entry]
        do {
            switch part {
            case .train:
                entries = try preview.writeTraining(
                    count: count, seed: UInt64(config.seed), samples: samples, to: folder, progress: progress,
                    shouldStop: { Interruption.isRequested })
            case .validation, .test:
                entries = try preview.writeItems(
                    of: part == .test ? .test : .validation, count: count, to: folder, progress: progress,
                    shouldStop: { Interruption.isRequested })
            }
        } catch is CancellationError {
            throw ExitCode(Interruption.exitStatus)
        }
        reporter.end()
        let object: JSONObject = [
            "experiment": .string(config.name), "part": .string(part.rawValue),
            "seed": .integer(config.seed), "sample_rate": .integer(rate),
            "examples": .array(entries.map(\.json)),
        ]
        try Data(JSONOutput.text(object).utf8).write(
            to: folder.appending(path: "examples.json"), options: .atomic)
        if json { return JSONOutput.write(object) }
        var table = Table([.init("example"), .init("drawn", shrinks: true)])
        for entry in entries {
            let drawn = ["class", "degradation", "augmentation"].compactMap {
                entry.json[$0].map(\.canonicalText)
            }
            table.add([entry.name, drawn.joined(separator: " ")])
        }
        Terminal.write(table.rendered(color: Terminal.usesColor))
        Terminal.note("\(entries.count) examples are in \(folder.path)\n")
    }

    private func makeFolder() throws -> URL {
        let folder = URL(fileURLWithPath: output)
        let manager = FileManager.default
        if let names = try? manager.contentsOfDirectory(atPath: folder.path), !names.isEmpty, !overwrite {
            throw ExperimentError.config("\(output): is not empty; --overwrite writes into it")
        }
        do {
            try manager.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw ExperimentError.config("\(output): cannot be made: \(error.localizedDescription)")
        }
        return folder
    }
}
