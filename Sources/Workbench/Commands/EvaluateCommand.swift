import ArgumentParser
import Experiments
import Foundation
import StrictJSON
import Tracking

/// `workbench evaluate`: scores a run's model on any dataset.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Score a run's model on its own test set or on another dataset.",
        discussion: """
            Without --data the run's own frozen test set is scored. A dataset file holds what an experiment has \
            under "dataset", for example {"kind": "paired_folders", "path": "recordings"}. Nothing is stored.
            """)

    @Option(
        name: .customLong("run"), help: ArgumentHelp("The run, such as run1 or last.", valueName: "run"),
        completion: .runs)
    var address: String
    @Option(help: ArgumentHelp("A JSON file that describes a dataset.", valueName: "file"))
    var data: String?
    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Change one key of the dataset; may be given several times.", valueName: "path=value"))
    var overrides: [String] = []
    @OptionGroup var computing: ComputingOptions
    @Flag(help: "Show no progress.")
    var quiet = false
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        computing.apply()
        let workspace = try workspaceOptions.openReadOnly()
        let stored = try StoredRun.open(address, in: workspace)
        let dataset = try openDataset(stored)
        var models = [(role: CheckpointRole.last, model: stored.model)]
        let folder = StoredRun.checkpoints(of: stored.run, in: workspace)
        if folder.has(.generatorOnly) {
            models.append(
                (role: .generatorOnly, model: try folder.read(.generatorOnly).makeModel()))
        }
        Interruption.watch()
        let reporter = ConsoleReporter(isQuiet: quiet)
        let scores: [TestScore]
        do {
            scores = try RunEvaluation.execute(
                TestEvaluation(dataset: dataset, frontEnd: stored.frontEnd, models: models), recorder: nil,
                dataset: "", examples: 0, reporter: reporter, shouldStop: { Interruption.isRequested })
        } catch is CancellationError {
            throw ExitCode(Interruption.exitStatus)
        }
        let table = ScoreTable(dataset: "test", scores)
        if output.json {
            var object: JSONObject = [
                "run": .string(stored.run.address), "test_hash": .string(dataset.testHash),
            ]
            for (key, value) in table.members.members { object[key] = value }
            JSONOutput.write(object)
        } else {
            Terminal.write(table.rendered(width: nil, color: Terminal.usesColor))
        }
    }

    private func openDataset(_ stored: StoredRun) throws -> any Dataset {
        let rate = stored.frontEnd.config.sampleRate
        var document: JSONDocument
        if let data {
            document = try JSONDocument(contentsOf: data)
        } else {
            document = try JSONDocument(
                stored.checkpoint.config.dataset.json.canonicalText, file: "dataset of \(address)")
        }
        for override in overrides { try document.apply(Override(override)) }
        let choice = try document.decode(Choice<DatasetRegistry>.self)
        return try choice.item.make(sampleRate: rate)
    }
}
