/// What can go wrong with a workspace, told in one line: what, where, and what would be accepted.
public enum TrackingError: Error, Equatable, CustomStringConvertible {
    /// There is no workspace at this path.
    case workspaceMissing(path: String)
    /// The workspace, or a file that was asked for, cannot be created or written.
    case notWritable(path: String, reason: String)
    /// The workspace cannot be read.
    case notReadable(path: String, reason: String)
    /// Another process held the database for longer than the time limit.
    case locked(path: String)
    /// The disk has no room left.
    case diskFull(path: String)
    /// The database was written by a newer program.
    case newerDatabase(path: String, found: Int, known: Int)
    /// The database was written by an older program and cannot be upgraded where it is.
    case olderDatabase(path: String, found: Int, known: Int)
    /// The file is not a database, or one that is damaged.
    case damaged(path: String, reason: String)
    /// The file is a database, but not one of the workbench.
    case foreignDatabase(path: String)
    /// Any other refusal of the database.
    case database(path: String, reason: String)
    /// No run has this address. `nearest` holds the nearest name, else the latest runs.
    case unknownRun(address: String, nearest: [String])
    /// The workspace has no run at all.
    case noRuns(address: String, path: String)
    /// The address is not formed as addresses are.
    case invalidAddress(address: String, reason: String)
    /// Several runs are meant where one is needed.
    case ambiguousRun(address: String, candidates: [String])
    /// The run has no such metric. `nearest` holds the nearest name, else the metrics it has.
    case unknownMetric(name: String, run: String, nearest: [String])
    /// Something else that a user named does not exist; the text says what, and what there is.
    case notFound(reason: String)
    /// What was asked for is possible and yet not done; the text says why, and what to do instead.
    case refused(reason: String)
    /// The workspace was opened for reading only.
    case readOnly(path: String)
    /// Another process works on the run.
    case runIsAlive(run: String, process: Int, host: String)
    /// The run was resumed by another process since; what this one logs is no longer taken.
    case runTakenOver(run: String)
    /// The run has been finished already.
    case runFinished(run: String)
    /// A run cannot be described so; the text says what is wrong.
    case invalidDescription(reason: String)
    /// The file of an artifact cannot be read.
    case artifactUnreadable(path: String, reason: String)

    public var description: String {
        switch self {
        case .workspaceMissing(let path):
            "no workspace at \(path): `workbench run FILE` makes one, "
                + "or name another with --workspace DIR or WORKBENCH_HOME"
        case .notWritable(let path, let reason):
            "cannot write \(path): \(reason); "
                + "choose a folder that can be written (that of the runs: --workspace DIR or WORKBENCH_HOME)"
        case .notReadable(let path, let reason):
            "cannot read the workspace \(path): \(reason)"
        case .locked(let path):
            "the database \(path) is locked by another process; try again when that has ended"
        case .diskFull(let path):
            "no space left on the disk of \(path); free some space and try again"
        case .newerDatabase(let path, let found, let known):
            "the database \(path) has version \(found), this program knows versions up to \(known); "
                + "use a newer workbench"
        case .olderDatabase(let path, let found, let known):
            "the database \(path) has version \(found), this program needs version \(known): "
                + "open it once where it can be written, or copy the workspace to a writable folder"
        case .damaged(let path, let reason):
            "the database \(path) is damaged (\(reason)); nothing was changed: "
                + "restore a copy of it, or name another workspace"
        case .foreignDatabase(let path):
            "\(path) is a database of another program; nothing was changed: name another workspace"
        case .database(let path, let reason):
            "the database \(path) reports: \(reason)"
        case .unknownRun(let address, let nearest):
            "no run '\(address)'; there is \(nearest.joined(separator: ", ")) (`workbench ls` lists all)"
        case .noRuns(let address, let path):
            "no run '\(address)': the workspace \(path) has no runs yet; `workbench run FILE` makes one"
        case .ambiguousRun(let address, let candidates):
            "'\(address)' names several runs: \(Self.list(candidates)); give one of these"
        case .invalidAddress(let address, let reason):
            "'\(address)' is no address of a run: \(reason)"
        case .notFound(let reason), .refused(let reason):
            reason
        case .unknownMetric(let name, let run, let nearest):
            nearest.isEmpty
                ? "\(run) has no metric '\(name)'; it has logged none"
                : "\(run) has no metric '\(name)'; it has \(nearest.joined(separator: ", "))"
        case .readOnly(let path):
            "the workspace \(path) was opened for reading only"
        case .runIsAlive(let run, let process, let host):
            "\(run) is still running: process \(process) on \(host); stop that first"
        case .runTakenOver(let run):
            "\(run) was resumed by another process; nothing more is taken from this one"
        case .runFinished(let run):
            "\(run) has been finished; nothing can be added to its log"
        case .invalidDescription(let reason):
            "cannot start the run: \(reason)"
        case .artifactUnreadable(let path, let reason):
            "cannot store the artifact \(path): \(reason)"
        }
    }

    /// The first names of a list.
    private static func list(_ names: [String]) -> String {
        names.count <= 12
            ? names.joined(separator: ", ")
            : names.prefix(10).joined(separator: ", ") + " and \(names.count - 10) more"
    }
}
