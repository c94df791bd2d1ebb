import Comparison

extension ComparisonError: ExitCoded {
    var exitCode: Int32 {
        switch self {
        case .badGrouping, .unknownCheckpoint, .noSeeds: ExitStatus.usage
        case .unknownKey, .unknownMetric: ExitStatus.notFound
        case .testSetsDiffer: ExitStatus.refused
        }
    }
}

extension GateError: ExitCoded {
    var exitCode: Int32 {
        switch kind {
        case .syntax: ExitStatus.usage
        case .unknownName: ExitStatus.notFound
        }
    }
}
