import ArgumentParser
import Audio
import Experiments
import Foundation
import StrictJSON

/// `workbench data align`: offset and clock drift between the files of each pair.
struct DataAlignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "align",
        abstract: "Measure offset and clock drift between clean and degraded files of equal names.",
        discussion: """
            An offset is positive where the degraded file is late, a drift is positive where its clock runs fast. \
            Training corrects both with "align": true; --out writes corrected copies instead.
            """)

    @Argument(help: ArgumentHelp("The folder that holds both folders.", valueName: "folder"))
    var folder: String
    @Option(help: ArgumentHelp("The folder of clean files in it.", valueName: "name"))
    var clean = "clean"
    @Option(help: ArgumentHelp("The folder of degraded files in it.", valueName: "name"))
    var degraded = "noisy"
    @Option(help: "Rate at which the files are compared, Hz.")
    var rate = 16000
    @Option(help: "Largest offset that is looked for, s.")
    var maximumOffset = 2.0
    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp(
            "Write aligned pairs there, in clean/ and noisy/, at the rate of --rate.", valueName: "folder"))
    var out: String?
    @Flag(help: "Show no progress.")
    var quiet = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard AudioFileLimits.sampleRate.contains(rate) else {
            throw ValidationError("--rate takes \(AudioFileLimits.sampleRate.lowerBound) to 768000")
        }
        guard (0...60).contains(maximumOffset) else {
            throw ValidationError("--maximum-offset takes 0 to 60")
        }
    }

    func run() throws {
        var config = PairedFoldersConfig()
        config.path = folder
        config.clean = clean
        config.degraded = degraded
        config.maximumOffset = maximumOffset
        let reporter = ConsoleReporter(isQuiet: quiet)
        var hasBegun = false
        func progress(_ done: Int, _ all: Int) {
            if !hasBegun { reporter.begin("align", total: all, unit: "pairs") }
            hasBegun = true
            reporter.update(done, tail: nil)
        }
        var correctedPairs: ((String, AlignedPair) throws -> Void)?
        if out != nil { correctedPairs = { try write($0, $1) } }
        let (pairs, issues) = try config.measurePairs(
            sampleRate: rate, progress: progress, corrected: correctedPairs)
        reporter.end()
        report(pairs, issues)
        let failed = pairs.filter { if case .failure = $0.result { true } else { false } }.count
        if failed + issues.count > 0 { throw ExitCode(ExitStatus.usage) }
    }

    private func write(_ name: String, _ pair: AlignedPair) throws {
        guard let out else { return }
        for (part, samples) in [("clean", pair.clean), ("noisy", pair.degraded)] {
            let file = URL(fileURLWithPath: out).appending(path: "\(part)/\(name).wav")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try AudioFile.write(Waveform(sampleRate: rate, mono: samples), to: file)
        }
    }

    private func report(_ pairs: [PairMeasurement], _ issues: [DataIssue]) {
        if output.json {
            JSONOutput.write([
                "pairs": .array(pairs.map(object)), "left_out": JSONValue(issues.map(\.description)),
            ])
            return
        }
        var table = Table([
            .init("pair", shrinks: true), .init("seconds", .right), .init("offset ms", .right),
            .init("±", .right),
            .init("drift ppm", .right), .init("±", .right), .init("windows", .right),
        ])
        func text(_ value: Double?, _ decimals: Int) -> String {
            value.map { NumberText.fixed($0, decimals: decimals) } ?? "-"
        }
        for pair in pairs {
            let seconds = text(pair.seconds, 2)
            switch pair.result {
            case .success(let found):
                table.add([
                    pair.name, seconds, text(1000 * found.offset, 3), text(1000 * found.offsetError, 3),
                    text(found.drift, 1), text(found.driftError, 1), "\(found.agreeing)/\(found.windows)",
                ])
            case .failure: table.add([pair.name, seconds, "no match", "", "", "", ""])
            }
        }
        Terminal.write(table.rendered(width: nil, color: Terminal.usesColor))
        for issue in issues { Terminal.note("left out: \(issue)\n") }
        for case .failure(let issue) in pairs.map(\.result) { Terminal.note("\(issue)\n") }
    }

    private func object(_ pair: PairMeasurement) -> JSONValue {
        var object: JSONObject = ["pair": .string(pair.name), "seconds": .number(pair.seconds)]
        switch pair.result {
        case .success(let found):
            object["offset_ms"] = .number(1000 * found.offset)
            object["offset_error_ms"] = .number(1000 * found.offsetError)
            object["drift_ppm"] = JSONValue(found.drift)
            object["drift_error_ppm"] = JSONValue(found.driftError)
            object["windows_agreeing"] = .integer(found.agreeing)
            object["windows"] = .integer(found.windows)
        case .failure(let issue): object["problem"] = .string(issue.description)
        }
        return .object(object)
    }
}
