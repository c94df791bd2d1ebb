import Audio
import Foundation
import Metrics
import StrictJSON
import Tensor
import Tracking

/// One run from its config to its closing table: trains, stores, scores.
public struct TrainingRun {
    public let config: ExperimentConfig
    /// A free name; default: the config's.
    public var name: String?
    public var commandLine: String?
    public var programVersion = "0"
    public var exits = ExitCodes()
    /// The try of a sweep's trial that the run is made for.
    public var trial: TrialToken?

    public init(_ config: ExperimentConfig) { self.config = config }

    /// What the program will exit with, for the run's row: those who start programs see the same number.
    public struct ExitCodes {
        /// For an error.
        public var failed: (any Error) -> Int = { _ in 1 }
        /// For a run that was stopped and left a checkpoint to go on from.
        public var resumable = 75
        /// For a run that was stopped and left none.
        public var stopped: () -> Int = { 130 }

        public init() {}
    }

    /// What came of it.
    public struct Outcome {
        public enum End: Sendable, Equatable {
            case finished
            /// The run to be resumed had finished already; nothing was done.
            case wasFinished
            /// Somebody asked it to stop. The step is that of the checkpoint it can be resumed from; nil without one.
            case stopped(checkpoint: Int?)
        }

        public let address: String
        public let end: End
        /// The scores of the test set; nil if it was not scored in full.
        public let scores: [TestScore]?
    }

    /// - Parameters:
    ///   - openWorkspace: called once everything that can be checked before has been checked.
    ///   - shouldStop: asked after every step; when true a checkpoint is kept and the run ends as killed.
    /// - Throws: `CancellationError` when it was stopped before the run began, what hinders the run otherwise.
    public func execute(
        openWorkspace: () throws -> Workspace, reporter: any RunReporter, shouldStop: @escaping () -> Bool
    ) throws -> Outcome {
        let dataset = try config.makeDataset()
        // Made twice: here without observers so that an impossible config leaves no run behind.
        _ = try Trainer(config, dataset: dataset, observers: [])
        if shouldStop() { throw CancellationError() }
        let workspace = try openWorkspace()
        let git = GitState.current()
        let recorder = try workspace.startRun(description(dataset, git)) { error in
            reporter.message("warning: \(error)")
        }
        do {
            try git?.storeChanges(with: recorder)
        } catch {
            try? recorder.finish(.failed, exitCode: 1, error: "\(error)")
            throw error
        }
        reporter.message("\(recorder.address): \(name ?? config.name), seed \(config.seed)")
        return try RunAttempt(
            config: config, dataset: dataset, recorder: recorder, reporter: reporter, exits: exits,
            shouldStop: shouldStop, trial: trial
        ).execute(from: nil)
    }

    private func description(_ dataset: any Dataset, _ git: GitState?) -> RunDescription {
        return RunDescription(
            name: name ?? config.name, kind: "train", seed: UInt64(config.seed),
            configJSON: config.json.canonicalText,
            configHash: config.json.stableHash(),
            datasetHash: dataset.trainingHash, evalHash: dataset.testHash, gitCommit: git?.commit,
            gitDirty: git?.isDirty, threads: ThreadPool.shared.threadCount, commandLine: commandLine,
            programVersion: programVersion, mainMetric: "validation/loss",
            groupHash: ConfigurationGroup.hash(of: config.json), codeHash: ProgramIdentity.current,
            gitDiffSHA: git?.changesDigest)
    }
}
