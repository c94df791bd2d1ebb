import ArgumentParser
import Experiments
import StrictJSON

/// `workbench sweep import`: a sweep's file of Weights & Biases as one of ours.
struct SweepImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Make a sweep's file of one of Weights & Biases, given as JSON.",
        discussion: """
            Its parameters have to be keys of the experiment. What has no counterpart is refused with its key; \
            docs/sweeps.md lists what becomes of what. W&B's files are mostly YAML, which this reads when it was made JSON: \
            python3 -c 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)' < sweep.yaml > sweep.json

            Exit status: 0 done, 2 wrong arguments or file, 3 a file was not found.
            """)

    @Argument(help: "The file of Weights & Biases, as JSON.")
    var file: String
    @Option(help: ArgumentHelp("The experiment that trials change.", valueName: "experiment"))
    var base: String
    @Option(help: "Runs in all, where the file has no run_cap.")
    var trials: Int?
    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("Where to write it. Default: standard output.", valueName: "file"))
    var target: String?

    func validate() throws {
        if file.hasSuffix(".yaml") || file.hasSuffix(".yml") {
            throw ValidationError(
                "\(file): this reads JSON; `workbench sweep import --help` has the line that makes JSON of YAML"
            )
        }
        if let trials, trials < 1 { throw ValidationError("--trials \(trials): give a number of 1 or more") }
    }

    func run() throws {
        if file.hasSuffix(".yaml") || file.hasSuffix(".yml") {
            throw ValidationError(
                "\(file): this reads JSON; `workbench sweep import --help` has the line that makes JSON of YAML"
            )
        }
        // A file that stands elsewhere names the base from there.
        let name = target.map { SweepFile.relative(base, toFolderOf: $0) } ?? base
        let sweep = try WandbSweep(
            JSONDocument(contentsOf: file), .init(base: base, baseName: name, trials: trials))
        for note in sweep.notes { Terminal.note(note + "\n") }
        let text = SweepFile.text(sweep.spec)
        guard let target else {
            Terminal.write(text)
            return
        }
        try SweepFile.write(text, to: target)
        Terminal.note("written: \(target); workbench sweep \(target) runs it\n")
    }
}
