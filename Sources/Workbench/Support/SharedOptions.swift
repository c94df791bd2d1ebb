import ArgumentParser
import Foundation
import Tracking

/// Which workspace a command works on.
struct WorkspaceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The folder that holds the runs.",
            discussion: "Default: WORKBENCH_HOME, else ./.workbench.", valueName: "dir"),
        completion: .directory)
    var workspace: String?

    /// The folder: `--workspace`, else the environment's WORKBENCH_HOME, else `.workbench` here.
    var directory: URL {
        let home = ProcessInfo.processInfo.environment["WORKBENCH_HOME"] ?? ""
        let path = workspace ?? (home.isEmpty ? ".workbench" : home)
        return URL(fileURLWithPath: path, isDirectory: true)
    }

    /// Opens the workspace for reading; nothing is made or changed.
    func openReadOnly() throws -> Workspace {
        try Workspace.openReadOnly(directory)
    }

    /// Opens the workspace for writing and makes it when absent.
    func openOrCreate() throws -> Workspace {
        try Workspace(directory: directory, programVersion: Version.text)
    }

    /// Opens the workspace for writing; it has to be there.
    func openExisting() throws -> Workspace {
        guard
            FileManager.default.fileExists(atPath: directory.appendingPathComponent("workbench.sqlite").path)
        else { throw TrackingError.workspaceMissing(path: directory.path) }
        return try openOrCreate()
    }

    func validate() throws {
        if workspace?.isEmpty == true { throw ValidationError("--workspace needs the path of a folder") }
    }
}

/// How a command prints its result.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print one JSON object instead of text.")
    var json = false
}

/// The program's version.
enum Version {
    static let text = "0.1.0"
}
