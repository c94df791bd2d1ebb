import ArgumentParser
import Datasets
import Foundation
import StrictJSON

/// `workbench data check`: looks at every recording and lists what is wrong.
struct DataCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "List what is wrong with recordings.",
        discussion: """
            Errors, exit status 1: missing, changed, corrupt, wrong rate, channels or length, unpaired, silent, the \
            same recording in two splits. Warnings: clipped, duplicate, mixed rates, files that nothing uses. In a \
            folder with a folder of clean and one of degraded files, these are checked as pairs by name.
            """)

    @Argument(help: "A prepared set, a folder of recordings, a recipe, an experiment, or a dataset file.")
    var path: String
    @Option(help: ArgumentHelp("The folder of clean files of pairs.", valueName: "name"))
    var clean = "clean"
    @Option(help: ArgumentHelp("The folder of degraded files of pairs.", valueName: "name"))
    var degraded = "noisy"
    @Flag(help: "Exit with 1 for warnings too.")
    var strict = false
    @OptionGroup var computing: ComputingOptions
    @Flag(help: "Show no progress.")
    var quiet = false
    @OptionGroup var output: OutputOptions

    func run() throws {
        computing.apply()
        let listing = try DatasetListing.open(path)
        let source =
            try listing.map { .listed($0.files) }
            ?? RecordingSource(path: path, clean: clean, degraded: degraded)
        Interruption.watch()
        var report: CheckReport
        do {
            report = try RecordingCheck(source, observer: PhaseProgress(isQuiet: quiet)).run()
            if let listing { report = report.adding(leftOut: listing.leftOut) }
        } catch is CancellationError {
            throw ExitCode(Interruption.exitStatus)
        }
        if output.json {
            JSONOutput.write([
                "files": .integer(report.files), "seconds": .number(report.seconds),
                "errors": .integer(report.errors), "warnings": .integer(report.warnings),
                "findings": .array(
                    report.findings.map {
                        .object([
                            "kind": .string($0.kind.rawValue), "is_error": .bool($0.kind.isError),
                            "path": .string($0.path), "detail": .string($0.detail),
                        ])
                    }),
            ])
        } else {
            var table = Table([.init("what"), .init("file", shrinks: true), .init("why", shrinks: true)])
            for finding in report.findings {
                table.add([
                    Table.Cell(finding.kind.rawValue, finding.kind.isError ? .red : .yellow),
                    Table.Cell(finding.path), Table.Cell(finding.detail),
                ])
            }
            if !report.findings.isEmpty {
                Terminal.write(table.rendered(width: nil, color: Terminal.usesColor) + "\n")
            }
            Terminal.write(
                "\(report.files) files, \(NumberText.duration(report.seconds)): \(report.errors) errors, "
                    + "\(report.warnings) warnings\n")
        }
        if report.errors > 0 || strict && report.warnings > 0 { throw ExitCode(ExitStatus.runFailed) }
    }
}
