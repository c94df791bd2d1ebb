import Foundation
import Tracking

/// One try of a trial, about to be started.
public struct TrialStart: Sendable {
    public let trial: Trial
    public let token: TrialToken
    public let assignment: Assignment
    /// A run of an earlier try that is to be taken up again; nil to begin anew.
    public let resumes: Run.ID?
    public let threads: Int
    /// Where the process writes what goes wrong.
    public let log: URL
}

/// A child process that runs one trial.
final class TrialProcess {
    enum End: Equatable {
        case exit(Int32)
        case signal(Int32)
    }

    private let process = Process()
    private let log: FileHandle?

    /// - Throws: `ExperimentError.trainingFailed` when the program cannot be started.
    init(program: URL, arguments: [String], log: URL) throws {
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        self.log = try? FileHandle(forWritingTo: log)
        process.executableURL = program
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = self.log ?? FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw ExperimentError.trainingFailed(
                "cannot start \(program.path): \(error.localizedDescription)")
        }
    }

    /// How it ended; nil while it lasts.
    var end: End? {
        guard !process.isRunning else { return nil }
        try? log?.close()
        let status = process.terminationStatus
        return process.terminationReason == .exit ? .exit(status) : .signal(status)
    }

    /// Asks it to keep a checkpoint and end.
    func askToStop() { process.terminate() }
}

/// How trials become processes.
public struct TrialLauncher: Sendable {
    public let program: URL
    /// Whether the program can go on with a run of an earlier try.
    public let resumesRuns: Bool
    public let arguments: @Sendable (TrialStart) -> [String]

    public init(
        program: URL, resumesRuns: Bool, arguments: @escaping @Sendable (TrialStart) -> [String]
    ) {
        self.program = program
        self.resumesRuns = resumesRuns
        self.arguments = arguments
    }

    /// The workbench's own `run`.
    ///
    /// - Parameters:
    ///   - base: the file of the base experiment as the sweep keeps it.
    ///   - sweepName: begins the names of the runs.
    public static func workbench(program: URL, base: URL, workspace: URL, sweepName: String) -> TrialLauncher
    {
        TrialLauncher(program: program, resumesRuns: true) { start in
            var arguments = ["run"]
            if let run = start.resumes {
                arguments += ["--resume", "run\(run)"]
            } else {
                arguments.append(base.path)
                for override in start.assignment.overrides() { arguments += ["--set", override] }
                let name = start.trial.label ?? "\(start.trial.number)"
                arguments += ["--seed", "\(start.trial.seed)", "--name", "\(sweepName)/\(name)"]
            }
            return arguments + [
                "--threads", "\(start.threads)", "--quiet", "--json", "--workspace", workspace.path,
                "--trial", "\(start.token)",
            ]
        }
    }

    func launch(_ start: TrialStart) throws -> TrialProcess {
        try TrialProcess(program: program, arguments: arguments(start), log: start.log)
    }
}
