import ArgumentParser
import Audio
import Datasets
import Experiments
import Foundation
import StrictJSON

/// `workbench data list`: what a dataset uses, file by file, and its frozen lists.
struct DataListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the files that an experiment's dataset uses, and what it scores.",
        discussion: """
            What belongs together has one name: both files of a pair, all stems of a song. Recordings that are left \
            out stand at the end with the reason.
            """)

    @Argument(help: ArgumentHelp("An experiment, or a dataset file with a kind.", valueName: "file"))
    var file: String
    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Change one key; may be given several times.", valueName: "path=value"))
    var overrides: [String] = []
    @Option(help: ArgumentHelp("Only files of this part: train, validation or test.", valueName: "part"))
    var part: String?
    @Option(help: ArgumentHelp("Rate at which a dataset file is opened, Hz.", valueName: "Hz"))
    var rate = 16000
    @Option(help: ArgumentHelp("Lines at most of each part; 0 for all.", valueName: "count"))
    var limit = 10
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard part == nil || DataSplit(rawValue: part ?? "") != nil else {
            throw ValidationError("--part takes train, validation or test")
        }
        guard limit >= 0 else { throw ValidationError("--limit takes 0 and more") }
        guard AudioFileLimits.sampleRate.contains(rate) else {
            throw ValidationError("--rate takes \(AudioFileLimits.sampleRate.lowerBound) to 768000")
        }
    }

    func run() throws {
        guard let listing = try DatasetListing.open(file, overrides: overrides, rate: rate) else {
            throw DatasetError.recipe(
                "\(file): expected an experiment, or a dataset file with a kind other than paired_folders; folders and "
                    + "sets are listed by `workbench data stats`")
        }
        let parts = DataSplit.allCases.filter { part == nil || $0.rawValue == part }
        output.json ? writeJSON(listing, parts) : writeText(listing, parts)
    }

    private func writeText(_ listing: DatasetListing, _ parts: [DataSplit]) {
        for part in parts {
            let files = listing.dataset.recordings.filter { $0.split == part }
            let names = Set(files.map(\.name))
            let seconds = files.reduce(0) { $0 + $1.seconds }
            let scored = EvaluationSplit(rawValue: part.rawValue).map { listing.dataset.items($0).count }
            Terminal.write(
                "\(part.rawValue): \(names.count) examples in \(files.count) files, \(NumberText.duration(seconds))"
                    + (scored.map { ", \($0) items scored" } ?? "") + "\n")
            var table = Table([
                .init("name", shrinks: true), .init("role"), .init("voice", shrinks: true),
                .init("seconds", .right), .init("rate / Hz", .right), .init("file", shrinks: true),
            ])
            let shown = limit == 0 ? files[...] : files.prefix(limit)
            for file in shown {
                table.add([
                    file.name, file.role, file.voice, NumberText.fixed(file.seconds, decimals: 2),
                    "\(file.sampleRate)", file.url.relativePath,
                ])
            }
            Terminal.write(table.rendered(width: nil, color: Terminal.usesColor))
            if shown.count < files.count { Terminal.write("and \(files.count - shown.count) more\n") }
            Terminal.write("\n")
        }
        for issue in listing.leftOut { Terminal.write("left out: \(issue.path): \(issue.reason)\n") }
        Terminal.write("test hash \(listing.dataset.testHash)\n")
    }

    private func writeJSON(_ listing: DatasetListing, _ parts: [DataSplit]) {
        var object: JSONObject = [
            "targets": Self.json(listing.dataset.targets),
            "training_hash": .string(listing.dataset.trainingHash),
            "test_hash": .string(listing.dataset.testHash),
        ]
        object["files"] = .array(
            listing.dataset.recordings.filter { parts.contains($0.split) }.map { file in
                .object([
                    "name": .string(file.name), "part": .string(file.split.rawValue),
                    "role": .string(file.role), "voice": .string(file.voice),
                    "seconds": .number(file.seconds), "sample_rate": .integer(file.sampleRate),
                    "file": .string(file.url.relativePath),
                ])
            })
        for split in EvaluationSplit.allCases where parts.contains(where: { $0.rawValue == split.rawValue }) {
            object["\(split.rawValue)_items"] = .array(
                listing.dataset.items(split).map {
                    .object(["name": .string($0.name), "category": .string($0.category)])
                })
        }
        object["left_out"] = .array(
            listing.leftOut.map { .object(["file": .string($0.path), "reason": .string($0.reason)]) })
        JSONOutput.write(object)
    }

    private static func json(_ targets: TargetKind) -> JSONValue {
        switch targets {
        case .signal: "signal"
        case .stems(let names): JSONValue(names)
        case .none: .null
        }
    }
}
