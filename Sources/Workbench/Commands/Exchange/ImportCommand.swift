import ArgumentParser
import Foundation
import StrictJSON
import Tracking

/// `workbench import`: runs that other programs or workspaces wrote.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Enter runs from CSV, from event files of TensorBoard, or from an export.",
        discussion: """
            csv          columns metric, step, value (and run, time), or step and one column a metric
            tensorboard  an event file, or a folder: every folder in it with event files becomes a run
            export       a folder that export --to json wrote; every file is checked against its hash

            What was imported before is recognised and left alone.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case csv, tensorboard, export
    }

    @Argument(help: "The file or folder.")
    var path: String
    @Option(name: .customLong("from"), help: "csv, tensorboard or export.")
    var format: Format
    @Option(help: "The name of the run, where there is one only.")
    var name: String?
    @Option(help: "The column of steps in a CSV file.")
    var stepColumn = "step"
    @Flag(
        help: "Take what stands before the damage of a damaged event file, such as one of a killed program.")
    var damaged = false
    @Flag(help: "Show no progress.")
    var quiet = false
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let url = URL(fileURLWithPath: path)
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw TrackingError.notFound(reason: "cannot import \(path): there is no such file or folder")
        }
        let workspace = try workspaceOptions.openOrCreate()
        let progress = Progress("import", total: 0, unit: "runs", isQuiet: quiet)
        let points = PointsImport(workspace, programVersion: Version.text)
        let result =
            switch format {
            case .csv: try points.readCSV(url, name: name, stepColumn: stepColumn)
            case .tensorboard:
                try points.readTensorBoard(url, name: name, takesDamaged: damaged) { done, _ in
                    progress.update(done)
                }
            case .export: try RunFolderImport(workspace).read(url) { done, _ in progress.update(done) }
            }
        progress.finish()
        for note in result.notes { Terminal.note("note: \(note)\n") }
        if output.json {
            JSONOutput.write([
                "sweeps": .array(
                    result.sweeps.map {
                        [
                            "sweep": .string($0.address), "name": .string($0.name),
                            "trials": .integer($0.trials),
                            "new": .bool($0.isNew),
                        ]
                    }),
                "imported": .array(result.runs.map(Self.object)),
                "present": .array(result.present.map(Self.object)),
                "notes": JSONValue(result.notes),
            ])
            return
        }
        for sweep in result.sweeps {
            let line = "\(sweep.address)  \(sweep.name)  \(sweep.trials) trials"
            if sweep.isNew {
                Terminal.write(line + "\n")
            } else {
                Terminal.note(line + ", is here already\n")
            }
        }
        for run in result.runs {
            Terminal.write(
                "\(run.address)\(run.name.map { "  \($0)" } ?? "")  \(run.metrics) metrics, \(run.points) points\n"
            )
        }
        for run in result.present {
            Terminal.note("\(run.address)\(run.name.map { "  \($0)" } ?? "") is here already\n")
        }
    }

    private static func object(_ run: ImportResult.Imported) -> JSONValue {
        [
            "run": .string(run.address), "name": JSONValue(run.name), "metrics": .integer(run.metrics),
            "points": .integer(run.points),
        ]
    }
}
