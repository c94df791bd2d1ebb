import ArgumentParser
import Audio
import Datasets
import Foundation
import StrictJSON

/// `workbench data prepare`: makes a set of recordings from a recipe, or prepares a folder of recordings.
struct DataPrepareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare",
        abstract: "Make a set of recordings from a recipe, or prepare a folder of them.",
        discussion: """
            A recipe: downloads its Debian packages (apt-get download; no privileges needed), decodes and selects \
            recordings, and writes them with manifest.json and LICENCES.md.
            A folder: decodes, mixes to mono, normalises and resamples every recording in it, computes features, and \
            tells in preparation.json what each stage did. --stages chooses; `workbench keys prepare` lists the keys \
            of --set, which may also stand in a JSON file with a path.
            May be interrupted at any moment: the next call goes on from there.
            """)

    @Argument(
        help:
            "A recipe such as datasets/voice_prompts.json, a folder of recordings, or a JSON file with a path."
    )
    var recipe: String
    @Option(
        help: ArgumentHelp(
            "Of a folder: what is done, some of decode,mono,normalise,resample,features.", valueName: "list"))
    var stages: String?
    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Of a folder: change one key; may be given several times.", valueName: "key=value")
    )
    var overrides: [String] = []
    @Flag(help: "Of a folder: tell what each stage did with each recording.")
    var report = false
    @Option(
        help: ArgumentHelp(
            "The set's folder.", discussion: "Default: datasets/prepared/NAME.", valueName: "dir"))
    var into: String?
    @Option(
        help: ArgumentHelp(
            "Where downloaded packages are kept.", discussion: "Default: the folder packages beside the set.",
            valueName: "dir"))
    var downloads: String?
    @Option(help: ArgumentHelp("Take package files from this folder, download nothing.", valueName: "dir"))
    var packages: String?
    @Flag(help: "Accept packages of other versions than the recipe names; the set will differ.")
    var anyVersion = false
    @Flag(help: "Replace a set in the folder that another recipe made.")
    var overwrite = false
    @OptionGroup var computing: ComputingOptions
    @Flag(help: "Show no progress.")
    var quiet = false
    @OptionGroup var output: OutputOptions

    func run() throws {
        computing.apply()
        if let pipeline = try FolderPreparation(recipe, stages: stages, overrides: overrides, into: into) {
            try pipeline.run(quiet: quiet, showsSteps: report, json: output.json)
            return
        }
        guard stages == nil, overrides.isEmpty, !report else {
            throw ValidationError("--stages, --set and --report belong to folders; \(recipe) is a recipe")
        }
        let recipe = try JSONDocument(contentsOf: recipe).decode(Recipe.self)
        var options = Preparation.Options(
            folder: URL(fileURLWithPath: into ?? "datasets/prepared/\(recipe.name)", isDirectory: true))
        options.downloads = downloads.map { URL(fileURLWithPath: $0, isDirectory: true) }
        options.packages = packages.map { URL(fileURLWithPath: $0, isDirectory: true) }
        options.acceptsAnyVersion = anyVersion
        options.overwrites = overwrite
        Interruption.watch()
        let started = Date()
        let report: PreparationReport
        do {
            report = try Preparation(recipe, options: options, observer: PhaseProgress(isQuiet: quiet)).run()
        } catch is CancellationError {
            Terminal.note("workbench: stopped; repeat the command to go on\n")
            throw ExitCode(Interruption.exitStatus)
        }
        let seconds = Date().timeIntervalSince(started)
        output.json ? writeJSON(report, seconds) : writeText(report, seconds)
    }

    private func writeText(_ report: PreparationReport, _ seconds: TimeInterval) {
        let set = report.set
        var table = Table([
            .init("split"), .init("role"), .init("files", .right), .init("duration", .right),
            .init("voices", shrinks: true),
        ])
        for split in DataSplit.allCases {
            for role in DataRole.allCases {
                let items = set.items(split, role: role)
                if items.isEmpty { continue }
                let total = items.reduce(0) { $0 + $1.seconds }
                let voices = set.voices(split, role: role)
                table.add([
                    split.rawValue, role.rawValue, "\(items.count)", NumberText.duration(total),
                    voices.count > 8 ? "\(voices.count)" : voices.joined(separator: ", "),
                ])
            }
        }
        Terminal.write(
            table.rendered(
                width: Terminal.outputIsTerminal ? Terminal.width : nil, color: Terminal.usesColor))
        let reasons = Dictionary(grouping: report.skipped) {
            $0.reason.split(separator: ":").first.map(String.init) ?? ""
        }
        for reason in reasons.keys.sorted() {
            let files = reasons[reason] ?? []
            Terminal.write("\nleft out, \(reason): \(files.count)\n")
            guard reason == "damaged" else { continue }
            for file in files { Terminal.write("  \(file.source): \(file.original): \(file.reason)\n") }
        }
        let state = report.wasComplete ? "was complete" : "made in \(NumberText.duration(seconds))"
        Terminal.write(
            "\n\(set.name): \(state); \(set.folder.path), content hash \(set.contentHash.prefix(16))\n")
    }

    private func writeJSON(_ report: PreparationReport, _ seconds: TimeInterval) {
        let set = report.set
        var groups: [JSONValue] = []
        for split in DataSplit.allCases {
            for role in DataRole.allCases {
                let items = set.items(split, role: role)
                if items.isEmpty { continue }
                groups.append(
                    .object([
                        "split": .string(split.rawValue), "role": .string(role.rawValue),
                        "files": .integer(items.count),
                        "seconds": .number(items.reduce(0) { $0 + $1.seconds }),
                        "voices": .array(set.voices(split, role: role).map(JSONValue.string)),
                    ]))
            }
        }
        JSONOutput.write([
            "name": .string(set.name), "folder": .string(set.folder.path),
            "sample_rate": .integer(set.sampleRate), "content_hash": .string(set.contentHash),
            "recipe_hash": .string(set.manifest.recipeHash), "was_complete": .bool(report.wasComplete),
            "downloaded_bytes": .integer(report.downloadedBytes), "wall_seconds": .number(seconds),
            "groups": .array(groups),
            "skipped": .array(
                report.skipped.map {
                    .object([
                        "source": .string($0.source), "original": .string($0.original),
                        "reason": .string($0.reason),
                    ])
                }),
        ])
    }
}
