import Foundation
import StrictJSON
import Tensor
import Tracking

/// How long a trial will take, judged by what is at hand.
public struct TrialTimeEstimator {
    /// What an estimate rests on.
    public enum Source: String, Sendable {
        /// Earlier runs of the same configuration.
        case sameConfiguration = "runs of it"
        /// Earlier runs of other configurations, scaled by the arithmetic of their convolutions.
        case otherRuns = "other runs"
        /// A few steps of the base experiment, timed now and scaled likewise.
        case timing = "short timing"
    }

    private let workspace: Workspace?
    private let experiment: SweepExperiment
    private let threads: Int
    private var history: Double?
    private var timing: Timing?

    /// - Parameters:
    ///   - workspace: where earlier runs are; nil where there is none yet.
    ///   - threads: threads of a trial.
    public init(workspace: Workspace?, experiment: SweepExperiment, threads: Int) throws {
        self.workspace = workspace
        self.experiment = experiment
        self.threads = threads
        history = try Self.secondsPerUnit(workspace, threads: threads)
    }

    /// Seconds of a trial, and what they rest on. The first call without any earlier run times the base experiment.
    public mutating func estimate(
        _ planned: PlannedConfiguration, seed: Int
    ) throws -> (seconds: TimeInterval, source: Source) {
        if let workspace {
            let own = try workspace.finishedRuns(groupHash: planned.hash, limit: 5)
            let seconds = try own.map { run in
                try workspace.workingSeconds(of: run.run) * Double(run.threads ?? threads) / Double(threads)
            }
            if let median = Self.median(seconds) { return (median, .sameConfiguration) }
        }
        let config = try experiment.config(planned.assignment, seed: seed)
        if let history { return (history * Self.units(config), .otherRuns) }
        let timing = try self.timing ?? Timing(experiment.config(Assignment(), seed: seed))
        self.timing = timing
        return (timing.seconds(of: config, threads: threads), .timing)
    }

    /// The arithmetic of a training: what its time is taken to be proportional to.
    private static func units(_ config: ExperimentConfig) -> Double {
        TrainingPlan(config, parameters: 0).gigaflopPerStep * Double(config.training.steps)
    }

    /// The median over the latest runs; nil for fewer than three.
    private static func secondsPerUnit(_ workspace: Workspace?, threads: Int) throws -> Double? {
        guard let workspace else { return nil }
        let rates = try workspace.finishedRuns(groupHash: nil, limit: 20).compactMap { run -> Double? in
            guard let json = try? JSONValue(parsing: run.configJSON),
                let config = try? ExperimentConfig.decode(json, at: JSONPath(), onto: nil)
            else { return nil }
            let scale = Double(run.threads ?? threads) / Double(threads)
            return try workspace.workingSeconds(of: run.run) * scale / units(config)
        }
        return rates.count >= 3 ? median(rates) : nil
    }

    private static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    /// A few steps and one validation of an experiment, timed.
    private struct Timing {
        let secondsPerGigaflop: Double
        let secondsPerValidationItem: Double
        let threads: Int

        private static let steps = 4

        init(_ config: ExperimentConfig) throws {
            var config = config
            config.training.steps = Self.steps
            config.training.validateEvery = Self.steps
            config.training.checkpointEvery = Self.steps
            let watch = StepWatch()
            let trainer = try Trainer(config, dataset: try config.makeDataset(), observers: [watch])
            try trainer.calibrate()
            _ = try config.training.engine.use { try trainer.run() }
            let gigaflop = TrainingPlan(config, parameters: 0).gigaflopPerStep
            // The first step also fills caches and pools.
            secondsPerGigaflop =
                (TrialTimeEstimator.median(Array(watch.steps.dropFirst())) ?? 0) / max(gigaflop, 1e-12)
            secondsPerValidationItem = watch.validation / Double(config.evaluation.validationItems)
            threads = ThreadPool.shared.threadCount
        }

        /// Training, validations, and a test that costs about three validations an item.
        func seconds(of config: ExperimentConfig, threads: Int) -> TimeInterval {
            let training = secondsPerGigaflop * TrialTimeEstimator.units(config)
            let validations = Double(config.training.steps / config.training.validateEvery + 1)
            let testItems = (try? config.makeDataset().items(.test).count) ?? 0
            let items = validations * Double(config.evaluation.validationItems) + 3 * Double(testItems)
            return (training + secondsPerValidationItem * items) * Double(self.threads) / Double(threads)
        }
    }

    private final class StepWatch: TrainingObserver {
        var steps: [Double] = []
        var validation = 0.0

        func handle(_ event: TrainingEvent) throws {
            switch event {
            case .step(let step): steps.append(step.seconds)
            case .validated(_, let metrics, _):
                validation += metrics.first { $0.name == "time/validation_seconds" }?.value ?? 0
            default: break
            }
        }
    }
}
