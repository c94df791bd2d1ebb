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
    private var history: TrainingCost?
    private var timing: TrainingCost?

    /// - Parameters:
    ///   - workspace: where earlier runs are; nil where there is none yet.
    ///   - threads: threads of a trial.
    public init(workspace: Workspace?, experiment: SweepExperiment, threads: Int) throws {
        self.workspace = workspace
        self.experiment = experiment
        self.threads = threads
        history = try workspace.flatMap { try Self.cost(inRunsOf: $0, threads: threads) }
    }

    /// Seconds of a trial, and what they rest on. The first call without any earlier run times the base experiment.
    public mutating func estimate(
        _ planned: PlannedConfiguration, seed: Int
    ) throws -> (seconds: TimeInterval, source: Source) {
        let config = try experiment.config(planned.assignment, seed: seed)
        if let workspace {
            let own = try workspace.finishedRuns(
                groupHash: ConfigurationGroup.hash(of: config.json), limit: 20
            ).filter { Self.engine(of: $0.configJSON) == config.training.engine.json }
            let seconds = try own.prefix(5).map { run in
                try workspace.workingSeconds(of: run.run) * Double(run.threads ?? threads) / Double(threads)
            }
            if let median = Self.median(seconds) { return (median, .sameConfiguration) }
        }
        if let history { return (history.seconds(of: config), .otherRuns) }
        let timing =
            try self.timing ?? Self.time(experiment.config(Assignment(), seed: seed), threads: threads)
        self.timing = timing
        return (timing.seconds(of: config), .timing)
    }

    /// Repeats of a configuration may be computed by another engine, in another time.
    private static func engine(of configJSON: String) -> JSONValue? {
        (try? JSONValue(parsing: configJSON))?[JSONPath("training.engine")]
    }

    /// What trainings are made of, in seconds with the threads of a trial.
    private struct TrainingCost {
        var perGigaflop: Double
        var perValidationItem: Double
        /// Beginning, test and end; nil where these are judged by the number of test items.
        var rest: Double?

        func seconds(of config: ExperimentConfig) -> TimeInterval {
            let steps = Double(config.training.steps)
            let training = perGigaflop * TrainingPlan(config, parameters: 0).gigaflopPerStep * steps
            let validations = (steps / Double(config.training.validateEvery)).rounded(.down) + 1
            let validation = perValidationItem * validations * Double(config.evaluation.validationItems)
            return training + validation + (rest ?? testSeconds(of: config))
        }

        /// A test costs about three validations an item.
        private func testSeconds(of config: ExperimentConfig) -> Double {
            3 * perValidationItem * Double((try? config.makeDataset().items(.test).count) ?? 0)
        }
    }

    /// So many steps of a run say what a step costs; fewer are spent on filling caches.
    private static let fewestSteps = 20

    /// The medians over the latest runs; nil for fewer than three that are long enough.
    private static func cost(inRunsOf workspace: Workspace, threads: Int) throws -> TrainingCost? {
        let costs = try workspace.finishedRuns(groupHash: nil, limit: 20).compactMap { run -> TrainingCost? in
            guard let json = try? JSONValue(parsing: run.configJSON),
                let config = try? ExperimentConfig.decode(json, at: JSONPath(), onto: nil)
            else { return nil }
            let summaries = try workspace.summaries(of: run.run)
            func total(_ metric: String) -> (mean: Double, count: Int)? {
                summaries.first { $0.metric == metric }.flatMap { found in
                    found.mean.map { ($0, found.count) }
                }
            }
            guard let step = total("time/step_seconds"), step.count >= fewestSteps,
                let validation = total("time/validation_seconds")
            else { return nil }
            let scale = Double(run.threads ?? threads) / Double(threads)
            let known = step.mean * Double(step.count) + validation.mean * Double(validation.count)
            return TrainingCost(
                perGigaflop: scale * step.mean
                    / max(TrainingPlan(config, parameters: 0).gigaflopPerStep, 1e-12),
                perValidationItem: scale * validation.mean / Double(config.evaluation.validationItems),
                rest: scale * max(0, try workspace.workingSeconds(of: run.run) - known))
        }
        guard costs.count >= 3, let perGigaflop = median(costs.map(\.perGigaflop)),
            let perItem = median(costs.map(\.perValidationItem)), let rest = median(costs.compactMap(\.rest))
        else { return nil }
        return TrainingCost(perGigaflop: perGigaflop, perValidationItem: perItem, rest: rest)
    }

    /// A few steps and one validation of an experiment, timed now.
    private static func time(_ config: ExperimentConfig, threads: Int) throws -> TrainingCost {
        let steps = 4
        var config = config
        config.training.steps = steps
        config.training.validateEvery = steps
        config.training.checkpointEvery = steps
        let watch = StepWatch()
        let trainer = try Trainer(config, dataset: try config.makeDataset(), observers: [watch])
        try trainer.calibrate()
        _ = try config.training.engine.use { try trainer.run() }
        let gigaflop = TrainingPlan(config, parameters: 0).gigaflopPerStep
        let scale = Double(ThreadPool.shared.threadCount) / Double(threads)
        // The first step also fills caches and pools.
        let step = median(Array(watch.steps.dropFirst())) ?? 0
        return TrainingCost(
            perGigaflop: scale * step / max(gigaflop, 1e-12),
            perValidationItem: scale * watch.validation / Double(config.evaluation.validationItems), rest: nil
        )
    }

    private static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
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
