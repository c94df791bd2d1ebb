import ArgumentParser
import Audio
import Datasets
import Foundation
import StrictJSON

/// `workbench data stats`: durations, rates, levels, clipping and silence.
struct DataStatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Measure durations, rates, levels, clipping and silence of recordings.")

    @Argument(help: "A prepared set, a folder of recordings, a recipe, an experiment, or a dataset file.")
    var path: String
    @Option(
        help: ArgumentHelp("Write histograms of durations and levels to this PNG file.", valueName: "file"))
    var picture: String?
    @OptionGroup var computing: ComputingOptions
    @Flag(help: "Show no progress.")
    var quiet = false
    @OptionGroup var output: OutputOptions

    func run() throws {
        computing.apply()
        let source = try DatasetListing.open(path).map { .listed($0.files) } ?? RecordingSource(path: path)
        Interruption.watch()
        let statistics: RecordingStatistics
        do {
            statistics = try RecordingStatistics(of: source, observer: PhaseProgress(isQuiet: quiet))
        } catch is CancellationError {
            throw ExitCode(Interruption.exitStatus)
        }
        if let picture {
            try HistogramPicture().write(
                [.init("duration / s", statistics.durations), .init("level / dBFS", statistics.levels)],
                to: URL(fileURLWithPath: picture))
        }
        output.json ? writeJSON(statistics) : writeText(statistics)
    }

    private func writeText(_ statistics: RecordingStatistics) {
        var table = Table([
            .init("split"), .init("role"), .init("voice", shrinks: true), .init("files", .right),
            .init("duration", .right), .init("each / s", .right), .init("rate / Hz", .right),
            .init("channels", .right),
            .init("level / dBFS", .right), .init("peak", .right), .init("clipped", .right),
            .init("silence", .right),
        ])
        for group in statistics.groups {
            table.add([
                group.split, group.role, group.voice, "\(group.files)", NumberText.duration(group.seconds),
                String(format: "%.1f %.1f %.1f", group.shortest, group.median, group.longest),
                group.sampleRates.map(String.init).joined(separator: " "),
                group.channels.map(String.init).joined(separator: " "),
                NumberText.fixed(group.level, decimals: 1) + " +-"
                    + NumberText.fixed(group.levelDeviation, decimals: 1),
                NumberText.fixed(group.peak), "\(group.clipped)",
                String(format: "%.0f %%", 100 * group.silentShare),
            ])
        }
        Terminal.write(table.rendered(width: nil, color: Terminal.usesColor))
        Terminal.write(
            "\n\(statistics.durations.count) files, \(NumberText.duration(statistics.seconds)); each / s: shortest, "
                + "median, longest\n")
        for path in statistics.unreadable { Terminal.write("cannot be read: \(path)\n") }
    }

    private func writeJSON(_ statistics: RecordingStatistics) {
        JSONOutput.write([
            "files": .integer(statistics.durations.count), "seconds": .number(statistics.seconds),
            "unreadable": .array(statistics.unreadable.map(JSONValue.string)),
            "groups": .array(
                statistics.groups.map { group in
                    .object([
                        "split": .string(group.split), "role": .string(group.role),
                        "voice": .string(group.voice),
                        "files": .integer(group.files), "seconds": .number(group.seconds),
                        "shortest_seconds": .number(group.shortest), "median_seconds": .number(group.median),
                        "longest_seconds": .number(group.longest),
                        "sample_rates": .array(group.sampleRates.map(JSONValue.integer)),
                        "channels": .array(group.channels.map(JSONValue.integer)),
                        "level_dbfs": .number(group.level),
                        "level_deviation_db": .number(group.levelDeviation),
                        "peak": .number(group.peak), "clipped_files": .integer(group.clipped),
                        "silent_share": .number(group.silentShare),
                    ])
                }),
        ])
    }
}
