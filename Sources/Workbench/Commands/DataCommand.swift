import ArgumentParser
import Datasets
import Foundation

/// `workbench data`: recordings to train on.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Prepare, check, measure, align, split and preview recordings.",
        subcommands: [
            DataPrepareCommand.self, DataCheckCommand.self, DataStatsCommand.self, DataAlignCommand.self,
            DataSplitCommand.self, DataPreviewCommand.self,
        ])
}

extension DatasetError: ExitCoded {
    var exitCode: Int32 {
        switch self {
        case .notFound: ExitStatus.notFound
        case .recipe, .corrupt: ExitStatus.usage
        case .package, .writing: ExitStatus.runFailed
        }
    }
}
