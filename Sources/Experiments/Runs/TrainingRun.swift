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

    public init(_ config: ExperimentConfig) { self.config = config }

    /// What came of it.
    public struct Outcome {
        public let address: String
        public let end: TrainingEnd
        /// The scores of the test set; nil if the training was stopped.
        public let scores: [TestScore]?
    }

    /// - Parameters:
    ///   - openWorkspace: called once everything that can be checked before has been checked.
    ///   - shouldStop: asked after every step; when true a checkpoint is kept and the run ends as killed.
    public func execute(
        openWorkspace: () throws -> Workspace, reporter: any RunReporter, shouldStop: () -> Bool
    ) throws -> Outcome {
        let dataset = AugmentedDataset.make(
            try config.dataset.item.make(sampleRate: config.audio.sampleRate), config.augmentation,
            sampleRate: config.audio.sampleRate)
        // Made twice: here without observers so that an impossible config leaves no run behind.
        _ = try Trainer(config, dataset: dataset, observers: [])
        let workspace = try openWorkspace()
        let recorder = try workspace.startRun(description(dataset)) { error in
            reporter.message("warning: \(error)")
        }
        reporter.message("\(recorder.address): \(name ?? config.name), seed \(config.seed)")
        let data = DataRecord(dataset, recorder: recorder, reporter: reporter)
        do {
            try data.begin()
            let outcome = try config.training.engine.use {
                try train(recorder, dataset, reporter, shouldStop)
            }
            try data.end()
            switch outcome.end {
            case .finished: try recorder.finish(.finished, exitCode: 0)
            case .stopped(let step):
                try recorder.finish(.killed, exitCode: 75, error: "stopped after step \(step)")
            }
            return outcome
        } catch {
            reporter.end()
            try? data.end()
            // The first error is the story; one while closing (a full disk has both) would hide it.
            try? recorder.event(.error, "the run failed", body: "\(error)")
            try? recorder.finish(
                error is CancellationError ? .killed : .failed, exitCode: 1, error: "\(error)")
            throw error
        }
    }

    private func train(
        _ recorder: RunRecorder, _ dataset: any Dataset, _ reporter: any RunReporter, _ shouldStop: () -> Bool
    ) throws -> Outcome {
        let observer = RunObserver(recorder, reporter: reporter)
        // Whatever the end is: a run that failed may have failed for want of memory.
        defer { observer.recordMemory() }
        let trainer = try Trainer(config, dataset: dataset, observers: [observer])
        try trainer.calibrate()
        let start = DispatchTime.now().uptimeNanoseconds
        let result = Result { try trainer.run(shouldStop: shouldStop) }
        reporter.end()
        // A failed training leaves its last good checkpoint, which is worth finding.
        if case .failure = result {
            try? observer.registerCheckpoints()
        } else {
            try observer.registerCheckpoints()
        }
        let end = try result.get()
        let lastStep = if case .stopped(let step) = end { step } else { config.training.steps - 1 }
        let minutes = Double(DispatchTime.now().uptimeNanoseconds - start) / 6e10
        try recorder.log("time/training_minutes", step: lastStep, value: minutes)
        reporter.message(observer.validationCost)
        if observer.waitShare >= 2 {
            reporter.message(
                String(
                    format: "warning: %.1f %% of the training time was spent waiting for data",
                    observer.waitShare)
                    + " (more cache_mib, or recordings at the model's rate, make it less)")
        }
        guard end == .finished else { return Outcome(address: recorder.address, end: end, scores: nil) }

        let folder = RunObserver.checkpoints(of: recorder)
        var roles: [CheckpointRole] = [.last]
        if FileManager.default.fileExists(atPath: folder.appending(path: "generator_only.json").path) {
            roles.append(.generatorOnly)
        }
        let models = try roles.map { (role: $0, model: try Checkpoint.read($0, from: folder).makeModel()) }
        let evaluation = TestEvaluation(dataset: dataset, frontEnd: trainer.frontEnd, models: models)
        let scores = try RunEvaluation.execute(
            evaluation, recorder: recorder, dataset: config.dataset.kind,
            examples: config.evaluation.audioExamples,
            reporter: reporter, shouldStop: shouldStop)
        return Outcome(address: recorder.address, end: end, scores: scores)
    }

    private func description(_ dataset: any Dataset) -> RunDescription {
        let git = GitState.current()
        return RunDescription(
            name: name ?? config.name, kind: "train", seed: UInt64(config.seed),
            configJSON: config.json.canonicalText,
            configHash: config.json.stableHash(leavingOut: ExperimentConfig.pathsOutsideGroup),
            datasetHash: dataset.trainingHash, evalHash: dataset.testHash, gitCommit: git?.commit,
            gitDirty: git?.isDirty, threads: ThreadPool.shared.threadCount, commandLine: commandLine,
            programVersion: programVersion, mainMetric: "validation/loss")
    }
}

/// A run that began and could not be brought to its end.
public struct RunFailure: Error, CustomStringConvertible {
    public let address: String
    public let reason: String
    public var description: String { "\(address) failed: \(reason)" }
}
