import ArgumentParser
import Tracking

/// The numbers the program exits with. Scripts rely on them: they never change meaning.
enum ExitStatus {
    static let success: Int32 = 0
    /// A run failed.
    static let runFailed: Int32 = 1
    /// The command line or a configuration is wrong.
    static let usage: Int32 = 2
    /// A run, metric, workspace or file does not exist.
    static let notFound: Int32 = 3
    /// A gate of a comparison does not hold.
    static let gateFailed: Int32 = 4
    /// Another process holds the database.
    static let databaseBusy: Int32 = 5
    /// The database is newer than the program, or damaged.
    static let databaseUnusable: Int32 = 6
    /// What was asked for would mix what does not belong together, or lose what is protected.
    static let refused: Int32 = 7
    /// The run was stopped and can be resumed from its checkpoint.
    static let resumable: Int32 = 75
    static let interrupted: Int32 = 130
    static let brokenPipe: Int32 = 141
    static let terminated: Int32 = 143

    /// The exit status of an error. Errors that do not say are failures of a run.
    static func of(_ error: any Error) -> Int32 {
        switch error {
        case let error as any ExitCoded: error.exitCode
        case let code as ExitCode: code.rawValue
        default: runFailed
        }
    }
}

/// An error that knows which exit status it leads to.
protocol ExitCoded: Error {
    var exitCode: Int32 { get }
}

extension TrackingError: ExitCoded {
    var exitCode: Int32 {
        switch self {
        case .workspaceMissing, .unknownRun, .noRuns, .unknownMetric, .notFound: ExitStatus.notFound
        case .ambiguousRun, .invalidAddress, .invalidDescription, .notWritable, .notReadable, .readOnly:
            ExitStatus.usage
        case .locked, .runIsAlive: ExitStatus.databaseBusy
        case .refused: ExitStatus.refused
        case .newerDatabase, .olderDatabase, .damaged, .foreignDatabase: ExitStatus.databaseUnusable
        case .diskFull, .database, .runFinished, .runTakenOver, .artifactUnreadable: ExitStatus.runFailed
        }
    }
}

extension FilterError: ExitCoded {
    var exitCode: Int32 {
        switch kind {
        case .syntax: ExitStatus.usage
        case .unknownName: ExitStatus.notFound
        }
    }
}

extension SQLError: ExitCoded {
    var exitCode: Int32 { ExitStatus.usage }
}

extension ImportError: ExitCoded {
    var exitCode: Int32 { isMissing ? ExitStatus.notFound : ExitStatus.usage }
}

extension EventFileError: ExitCoded {
    var exitCode: Int32 { ExitStatus.usage }
}
