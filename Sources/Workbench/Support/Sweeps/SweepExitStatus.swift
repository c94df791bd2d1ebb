import Experiments
import Tracking

extension SweepError: ExitCoded {
    var exitCode: Int32 {
        switch self {
        case .unknownSweep, .noSweeps, .unknownTrial: ExitStatus.notFound
        case .ambiguousSweep: ExitStatus.usage
        case .trialLost: ExitStatus.runFailed
        case .tellRefused: ExitStatus.refused
        }
    }
}

extension SweepObjectiveError: ExitCoded {
    var exitCode: Int32 { ExitStatus.notFound }
}
