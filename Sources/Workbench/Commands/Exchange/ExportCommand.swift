import ArgumentParser
import Foundation
import StrictJSON
import Tracking

/// `workbench export`: runs for other programs and other workspaces.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write runs as CSV, as event files of TensorBoard, or as a folder to import.",
        discussion: """
            csv          all points: run, metric, step, value, time; to standard output without -o
            tensorboard  a folder of event files, one run each: tensorboard --logdir DIR
            json         a folder with everything: points, scores, events, artifacts, checkpoints; import takes it
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case csv, json, tensorboard
    }

    @OptionGroup var runs: RunsOptions
    @Option(help: "csv, json or tensorboard.")
    var to: Format
    @Option(name: .shortAndLong, help: ArgumentHelp("The file (csv) or folder to write.", valueName: "path"))
    var output: String?
    @Flag(help: "Show no progress.")
    var quiet = false
    @Flag(help: "Print what was written as a JSON object.")
    var json = false
    @OptionGroup var workspaceOptions: WorkspaceOptions

    func validate() throws {
        if to != .csv, output == nil { throw ValidationError("--to \(to.rawValue) needs a folder: -o DIR") }
        if output?.isEmpty == true { throw ValidationError("-o needs a path") }
        if json, output == nil {
            throw ValidationError("--json needs -o: standard output is taken by the points")
        }
    }

    func run() throws {
        let workspace = try workspaceOptions.openReadOnly()
        let runs = try runs.resolve(in: workspace)
        let progress = Progress("export", total: runs.count, unit: "runs", isQuiet: quiet || output == nil)
        guard let output else {
            try PointsExport(workspace).writeCSV(runs) { Terminal.write($0) }
            return
        }
        let url = URL(fileURLWithPath: output)
        switch to {
        case .csv: try writeCSV(runs, workspace, to: url)
        case .tensorboard:
            try PointsExport(workspace).writeTensorBoard(runs, to: url) { progress.update($0) }
        case .json:
            try RunFolderExport(workspace).write(runs, to: url, programVersion: Version.text) {
                progress.update($0)
            }
        }
        progress.finish()
        if json {
            JSONOutput.write([
                "format": .string(to.rawValue), "path": .string(url.path),
                "runs": JSONValue(runs.map(\.address)),
            ])
        } else {
            let hint = to == .tensorboard ? "; look at it with: tensorboard --logdir \(output)" : ""
            Terminal.note("wrote \(runs.count) run\(runs.count == 1 ? "" : "s") to \(output)\(hint)\n")
        }
    }

    /// The file has its name only when it is whole.
    private func writeCSV(_ runs: [Run], _ workspace: Workspace, to url: URL) throws {
        let partial = url.path + ".\(ProcessInfo.processInfo.processIdentifier).partial"
        guard let stream = fopen(partial, "w") else {
            throw TrackingError.notWritable(path: url.path, reason: String(cString: strerror(errno)))
        }
        do {
            try PointsExport(workspace).writeCSV(runs) { text in
                guard fputs(text, stream) >= 0 else { throw TrackingError.diskFull(path: url.path) }
            }
            guard fclose(stream) == 0, rename(partial, url.path) == 0 else {
                throw TrackingError.notWritable(path: url.path, reason: String(cString: strerror(errno)))
            }
        } catch {
            unlink(partial)
            throw error
        }
    }
}
