import Foundation
import Tensor
import Tracking

/// One attempt at a run, from its start or from a checkpoint to its end: trains, scores the test, and writes what
/// came of it into the run's row, whatever that is.
struct RunAttempt {
    let config: ExperimentConfig
    let dataset: any Dataset
    let recorder: RunRecorder
    let reporter: any RunReporter
    let exits: TrainingRun.ExitCodes
    let shouldStop: () -> Bool
    /// The try of a sweep's trial that it is made for.
    var trial: TrialToken?

    /// - Parameters:
    ///   - resumable: the checkpoint to go on from; nil to begin with step 0.
    ///   - isResumed: whether an earlier attempt has stored what the data are.
    func execute(
        from resumable: CheckpointFolder.Resumable?, isResumed: Bool = false
    ) throws -> TrainingRun.Outcome {
        let data = DataRecord(dataset, recorder: recorder, reporter: reporter)
        do {
            if let trial { try recorder.workspace.attach(run: recorder.run, to: trial) }
            if isResumed { try checkpoints.rewind(to: resumable) }
            try data.begin()
            let scores = try config.training.engine.use { try train(from: resumable, isResumed: isResumed) }
            try data.end()
            try recorder.finish(.finished, exitCode: 0)
            return .init(address: recorder.address, end: .finished, scores: scores)
        } catch {
            reporter.end()
            try? data.end()
            // An error while stopping, such as a full disk, does not make a failure of it: what counts is from
            // where the run can go on.
            if shouldStop() { return stopped(error) }
            // The first error is the story; one while closing (a full disk has both) would hide it.
            try? recorder.event(.error, "the run failed", body: "\(error)")
            try? recorder.finish(.failed, exitCode: exits.failed(error), error: "\(error)")
            throw error
        }
    }

    private var checkpoints: CheckpointFolder { RunObserver.checkpoints(of: recorder) }

    /// Ends the run's row as killed.
    private func stopped(_ error: any Error) -> TrainingRun.Outcome {
        let step = checkpoints.newestResumableStep
        var text =
            step.map { "stopped; the newest checkpoint is of step \($0)" } ?? "stopped without a checkpoint"
        if !(error is CancellationError) {
            text += "; \(error)"
            reporter.message("warning: \(error)")
        }
        do {
            try recorder.finish(
                .killed, exitCode: step == nil ? exits.stopped() : exits.resumable, error: text)
        } catch {
            reporter.message("warning: \(error)")
        }
        return .init(address: recorder.address, end: .stopped(checkpoint: step), scores: nil)
    }

    // MARK: Training

    private func train(
        from resumable: CheckpointFolder.Resumable?, isResumed: Bool
    ) throws -> [TestScore] {
        let observer = try RunObserver(
            recorder, reporter: reporter, clips: config.training.batchSize, observed: resumable?.observed)
        if isResumed { try observer.registerAll() }
        // Whatever the end is: a run that failed may have failed for want of memory.
        defer { observer.recordCost() }
        let trainer = try Trainer(config, dataset: dataset, observers: [observer])
        if let resumable {
            try trainer.restore(resumable.checkpoint)
        } else {
            try trainer.calibrate()
        }
        if shouldStop() { throw CancellationError() }
        let end = try trainer.run(shouldStop: shouldStop)
        reporter.end()
        if end != .finished { throw CancellationError() }
        tell(observer.clock)
        return try test(trainer.frontEnd)
    }

    private func tell(_ clock: TrainingClock) {
        reporter.message(clock.validationCost)
        if clock.waitShare >= 2 {
            reporter.message(
                String(
                    format: "warning: %.1f %% of the training time was spent waiting for data",
                    clock.waitShare)
                    + " (more cache_mib, or recordings at the model's rate, make it less)")
        }
    }

    private func test(_ frontEnd: FrontEnd) throws -> [TestScore] {
        let roles = [CheckpointRole.last, .generatorOnly].filter { $0 == .last || checkpoints.has($0) }
        let models = try roles.map { (role: $0, model: try checkpoints.read($0).makeModel()) }
        let evaluation = TestEvaluation(dataset: dataset, frontEnd: frontEnd, models: models)
        return try RunEvaluation.execute(
            evaluation, recorder: recorder, dataset: config.dataset.kind,
            examples: config.evaluation.audioExamples, reporter: reporter, shouldStop: shouldStop)
    }
}
