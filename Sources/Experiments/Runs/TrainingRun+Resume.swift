import Foundation
import StrictJSON
import Tensor
import Tracking

extension TrainingRun {
    /// Brings a run to its end that was stopped, failed or crashed.
    ///
    /// It goes on from the newest whole checkpoint with the run's own config, and its results are those of a run
    /// that never stopped, bit for bit. Without a checkpoint it begins anew with step 0. A run whose training is
    /// done scores its test.
    ///
    /// - Parameters:
    ///   - address: the run, such as `run12`.
    ///   - workspace: opened for writing.
    ///   - exits: what the program will exit with.
    ///   - token: the try of a sweep's trial that it is made for.
    ///   - shouldStop: asked after every step.
    /// - Throws: `TrackingError` for a run that does not exist or is alive; `ExperimentError.refused` when going on
    ///   would not be the same run: its config cannot be read any more, or its data have changed.
    public static func resume(
        _ address: String, in workspace: Workspace, exits: ExitCodes = ExitCodes(),
        trial token: TrialToken? = nil, reporter: any RunReporter, shouldStop: @escaping () -> Bool
    ) throws -> Outcome {
        let run = try workspace.run(address)
        if run.status == .finished { return Outcome(address: run.address, end: .wasFinished, scores: nil) }
        let config = try storedConfig(of: run)
        let dataset = try config.makeDataset()
        try check(dataset, against: run)
        let (found, problems) = StoredRun.checkpoints(of: run, in: workspace).newestResumable(
            logged: run.lastStep)
        // Tried here first, so that a checkpoint that does not fit leaves the run as it is.
        let trial = try Trainer(config, dataset: dataset, observers: [])
        if let found { try trial.restore(found.checkpoint) }
        if shouldStop() { throw CancellationError() }

        let recorder = try workspace.resume(
            run.id, fromStep: trial.firstStep, checkpointSHA: found?.sha256,
            threads: ThreadPool.shared.threadCount
        ) { error in reporter.message("warning: \(error)") }
        for problem in problems {
            try recorder.event(.warning, "a checkpoint was passed over", body: problem)
            reporter.message("warning: a checkpoint was passed over: \(problem)")
        }
        let from =
            found.map { "after step \($0.checkpoint.step) (checkpoint \"\($0.role.rawValue)\")" }
            ?? "at step 0, for there is no checkpoint to go on from"
        reporter.message("\(run.address): \(run.name ?? config.name), seed \(config.seed), goes on \(from)")
        return try RunAttempt(
            config: config, dataset: dataset, recorder: recorder, reporter: reporter, exits: exits,
            shouldStop: shouldStop, trial: token
        ).execute(from: found, isResumed: true)
    }

    /// The config that a run was started with.
    private static func storedConfig(of run: Run) throws -> ExperimentConfig {
        guard run.kind == "train" else {
            throw ExperimentError.refused(
                "\(run.address) is no training but of the kind \"\(run.kind)\"; "
                    + "only trainings can be resumed")
        }
        do {
            return try JSONDocument(run.configJSON, file: "config of \(run.address)").decode(
                ExperimentConfig.self)
        } catch {
            throw ExperimentError.refused(
                "\(run.address) cannot be resumed: this program cannot read its config any more (\(error)); "
                    + "use the program that made it (\(run.programVersion)), or start a new run")
        }
    }

    /// Other data would make another run under the same name.
    private static func check(_ dataset: any Dataset, against run: Run) throws {
        for (what, now, before) in [
            ("training data", dataset.trainingHash, run.datasetHash),
            ("test set", dataset.testHash, run.evalHash),
        ] where before != nil && now != before {
            throw ExperimentError.refused(
                "\(run.address) cannot be resumed: its \(what) is not what it was (hash \(now.prefix(12)), "
                    + "at the start \(before?.prefix(12) ?? "")); restore the data, or start a new run")
        }
    }
}
