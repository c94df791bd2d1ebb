import Foundation
import Layers
import Tensor

/// Runs a training: batches in, steps, validations and checkpoints out as events.
///
/// It works synchronously on the calling thread and knows none of its observers. A training that goes on from a
/// checkpoint gives the same bits as one that never stopped: the checkpoint holds all that steps have changed,
/// and everything else follows from the seed and the step.
public final class Trainer {
    public let config: ExperimentConfig
    public let model: DualStageModel
    public let frontEnd: FrontEnd
    private let dataset: any Dataset
    private let task: any TrainingTask
    private let observers: [any TrainingObserver]
    private let validator: Validator
    private let weights: ParameterTree
    private let average: ExponentialMovingAverage?
    private var progress = TrainingProgress()
    /// The step to begin with: 0, or the one after a restored checkpoint's.
    public private(set) var firstStep = 0

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
        weights = ParameterTree(model)
        let decay = config.training.emaDecay
        average = decay > 0 ? ExponentialMovingAverage(weights.parameters, decay: decay) : nil
    }

    /// Trained numbers, the discriminator's included.
    public var parameterCount: Int { task.parameterCount }

    /// Trains to the end, or until `shouldStop` says so.
    public func run(shouldStop: () -> Bool = { false }) throws -> TrainingEnd {
        let steps = config.training.steps
        try emit(.started(.init(first: firstStep, steps: steps, parameters: parameterCount)))
        guard firstStep < steps, !progress.endedEarly else { return .finished }
        let loader = makeLoader()
        defer { loader.stop() }
        for number in firstStep..<steps {
            try step(number, loader)
            let done = number + 1
            var roles: [CheckpointRole] = []
            if done % config.training.validateEvery == 0 || done == steps, try validate(step: number) {
                roles.append(.best)
            }
            if number == task.lastGeneratorOnlyStep { roles.append(.generatorOnly) }
            let isLast = done == steps || progress.endedEarly
            let stopping = shouldStop() && !isLast
            let isDue = done % config.training.checkpointEvery == 0 && progress.nonFiniteInARow == 0
            if isDue || isLast || stopping { roles.append(.last) }
            if let every = config.training.keepEvery, done % every == 0 { roles.append(.step(number)) }
            if !roles.isEmpty { try emit(.checkpoint(roles, checkpoint(number))) }
            if isLast { return .finished }
            if stopping { return .stopped(step: number) }
        }
        return .finished
    }

    private func emit(_ event: TrainingEvent) throws {
        for observer in observers { try observer.handle(event) }
    }

    private func step(_ number: Int, _ loader: BatchLoader) throws {
        let start = DispatchTime.now().uptimeNanoseconds
        let (batch, waited) = try loader.next(number)
        let report = task.step(batch, number: number)
        if report.isFinite { average?.update() }
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
        try emit(.step(.init(number: number, metrics: report.metrics, seconds: seconds, waited: waited)))
        guard !report.isFinite else {
            progress.nonFiniteInARow = 0
            return
        }
        progress.nonFiniteInARow += 1
        try emit(.nonFinite(step: number, inARow: progress.nonFiniteInARow))
        if progress.nonFiniteInARow >= config.training.nonFinitePatience {
            throw ExperimentError.trainingFailed(
                "the loss was not finite for \(progress.nonFiniteInARow) steps in a row, the last at step \(number); "
                    + "the newest checkpoint is from before. Try a lower optimizer.learning_rate "
                    + "(now \(config.optimizer.learningRate)) or optimizer.clip_norm (now \(config.optimizer.clipNorm))"
            )
        }
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
        return BatchLoader(first: firstStep, make: make)
    }

    /// Sets the normalisation of the inputs from the first training clips. A restored training has it already.
    public func calibrate() throws {
        let samples = frontEnd.samples(frames: config.training.clipFrames)
        let pairs = try (0..<64).map {
            try dataset.trainingPair(seed: UInt64(config.seed), index: $0, samples: samples)
        }
        model.calibrate([Batch(pairs, frontEnd: frontEnd, frames: config.training.clipFrames).logMelInput])
    }

    // MARK: Validation

    /// Scores the model as it would be used, and returns whether it is the best so far.
    private func validate(step: Int) throws -> Bool {
        let start = DispatchTime.now().uptimeNanoseconds
        let score = { try self.validator.score(self.model) }
        var metrics = try average?.withAverages(score) ?? score()
        metrics.append(
            ("time/validation_seconds", Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9))
        let loss = metrics.first { $0.name == "validation/loss" }?.value ?? .nan
        let isBest = loss < progress.bestLoss ?? .infinity
        if isBest { progress.bestLoss = loss }
        try emit(.validated(step: step, metrics: metrics, isBest: isBest))
        if config.training.earlyStopping.ends(after: loss, &progress) {
            try emit(.endedEarly(step: step, validations: progress.validationsWithoutGain))
        }
        return isBest
    }

    // MARK: Checkpoints

    private func checkpoint(_ step: Int) -> Checkpoint {
        var used = weights.state
        var state = TrainingState(tensors: task.extraState, counters: task.counters, progress: progress)
        if let average {
            for (path, parameter) in weights.parameters {
                state.tensors["generator." + path] = parameter.value
            }
            used.merge(average.state) { $1 }
        }
        return Checkpoint(step: step, config: config, weights: used, training: state)
    }

    /// Takes everything that steps change from a checkpoint; `run` then begins with the step after it.
    /// - Throws: `ExperimentError.checkpoint` if something is missing or does not fit.
    public func restore(_ checkpoint: Checkpoint) throws {
        do {
            let state = checkpoint.training
            var own = checkpoint.weights
            if let average {
                try average.load(checkpoint.weights)
                for (path, _) in weights.parameters { own[path] = state.tensors["generator." + path] }
            }
            try weights.load(own)
            try task.restore(state.tensors, counters: state.counters)
        } catch {
            throw ExperimentError.checkpoint("the checkpoint of step \(checkpoint.step): \(error)")
        }
        progress = checkpoint.training.progress
        firstStep = checkpoint.step + 1
    }
}
