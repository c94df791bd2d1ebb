import Foundation
import Layers
import Tensor

/// Runs a training: batches in, steps, validations and checkpoints out as events.
///
/// It works synchronously on the calling thread and knows none of its observers.
public final class Trainer {
    public let config: ExperimentConfig
    public let model: DualStageModel
    public let frontEnd: FrontEnd
    private let dataset: any Dataset
    private let task: any TrainingTask
    private let observers: [any TrainingObserver]
    private let validator: Validator
    private var best = Double.infinity

    /// Opens nothing and computes nothing yet.
    public init(_ config: ExperimentConfig, dataset: any Dataset, observers: [any TrainingObserver]) throws {
        if dataset.trainingCount == 0 {
            throw ExperimentError.config("dataset.all_for_test: nothing is left to train on; set it to false")
        }
        if let count = dataset.trainingCount, count < config.training.batchSize {
            throw ExperimentError.config(
                "training.batch_size: \(config.training.batchSize) is more than the \(count) training recordings; "
                    + "accepted: at most \(count)")
        }
        self.config = config
        self.dataset = dataset
        self.observers = observers
        frontEnd = FrontEnd(config.audio)
        model = DualStageModel(config.model, bands: config.audio.melBands, seed: UInt64(config.seed))
        task = config.task.item.make(TaskContext(model: model, frontEnd: frontEnd, config: config))
        validator = Validator(
            dataset: dataset, frontEnd: frontEnd, config: config, limit: config.evaluation.validationItems)
    }

    /// Trained numbers, the discriminator's included.
    public var parameterCount: Int { task.parameterCount }

    private func emit(_ event: TrainingEvent) throws {
        for observer in observers { try observer.handle(event) }
    }

    private func checkpoint(_ step: Int) -> Checkpoint {
        Checkpoint(
            step: step, config: config, weights: ParameterTree(model).state, training: task.extraState)
    }

    /// Trains to the end, or until `shouldStop` says so.
    public func run(shouldStop: () -> Bool = { false }) throws -> TrainingEnd {
        let loader = makeLoader()
        defer { loader.stop() }
        try emit(.started(.init(steps: config.training.steps, parameters: parameterCount)))
        var nonFinite = 0
        for number in 0..<config.training.steps {
            let start = DispatchTime.now().uptimeNanoseconds
            let (batch, waited) = try loader.next(number)
            let report = task.step(batch, number: number)
            let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
            try emit(.step(.init(number: number, metrics: report.metrics, seconds: seconds, waited: waited)))

            nonFinite = report.isFinite ? 0 : nonFinite + 1
            if !report.isFinite {
                try emit(.nonFinite(step: number, inARow: nonFinite))
                if nonFinite >= config.training.nonFinitePatience {
                    throw ExperimentError.trainingFailed(
                        "the loss was not finite for \(nonFinite) steps in a row, the last at step \(number); the newest "
                            + "checkpoint is from before. Try a lower optimizer.learning_rate "
                            + "(now \(config.optimizer.learningRate)) or optimizer.clip_norm (now \(config.optimizer.clipNorm))"
                    )
                }
            }
            let done = number + 1
            let isLast = done == config.training.steps
            if done % config.training.validateEvery == 0 || isLast { try validate(step: number) }
            if number == task.lastGeneratorOnlyStep {
                try emit(.checkpoint(.generatorOnly, checkpoint(number)))
            }
            let stopping = shouldStop() && !isLast
            if done % config.training.checkpointEvery == 0 || isLast || stopping, nonFinite == 0 {
                try emit(.checkpoint(.last, checkpoint(number)))
            }
            if stopping { return .stopped(step: number) }
        }
        return .finished
    }

    private func makeLoader() -> BatchLoader {
        let (dataset, frontEnd, training, seed) = (dataset, frontEnd, config.training, UInt64(config.seed))
        let samples = frontEnd.samples(frames: training.clipFrames)
        let make = { @Sendable (number: Int) throws -> Batch in
            let pairs = try (0..<training.batchSize).map {
                try dataset.trainingPair(
                    seed: seed, index: number * training.batchSize + $0, samples: samples)
            }
            return Batch(pairs, frontEnd: frontEnd, frames: training.clipFrames)
        }
        return BatchLoader(first: 0, make: make)
    }

    /// Sets the normalisation of the inputs from the first training clips.
    public func calibrate() throws {
        let samples = frontEnd.samples(frames: config.training.clipFrames)
        let pairs = try (0..<64).map {
            try dataset.trainingPair(seed: UInt64(config.seed), index: $0, samples: samples)
        }
        model.calibrate([Batch(pairs, frontEnd: frontEnd, frames: config.training.clipFrames).logMelInput])
    }

    private func validate(step: Int) throws {
        let start = DispatchTime.now().uptimeNanoseconds
        var metrics = try validator.score(model)
        metrics.append(
            ("time/validation_seconds", Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9))
        let loss = metrics.first { $0.name == "validation/loss" }?.value ?? .nan
        let isBest = loss < best
        if isBest { best = loss }
        try emit(.validated(step: step, metrics: metrics, isBest: isBest))
        if isBest { try emit(.checkpoint(.best, checkpoint(step))) }
    }
}
