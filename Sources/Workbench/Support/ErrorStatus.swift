import Audio
import Experiments
import Foundation
import StrictJSON
import Tensor

extension ExperimentError: ExitCoded {
    var exitCode: Int32 {
        switch self {
        case .config, .data, .checkpoint: ExitStatus.usage
        case .notFound: ExitStatus.notFound
        case .trainingFailed: ExitStatus.runFailed
        case .refused: ExitStatus.refused
        }
    }
}

extension JSONError: ExitCoded {
    var exitCode: Int32 { kind == .notFound ? ExitStatus.notFound : ExitStatus.usage }
}

extension AudioFileError: ExitCoded {
    var exitCode: Int32 {
        // The library tells of a full disk in words alone.
        if "\(self)".contains(String(cString: strerror(ENOSPC))) { return ExitStatus.runFailed }
        return isNotFound ? ExitStatus.notFound : ExitStatus.usage
    }
}

extension SafetensorsError: ExitCoded {
    var exitCode: Int32 { kind == .notFound ? ExitStatus.notFound : ExitStatus.usage }
}
