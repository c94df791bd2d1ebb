import Layers
import StrictJSON
import Tensor

/// A trained generator with what is needed to use it and, where it was asked for, to train it further.
public struct Checkpoint: Sendable {
    /// The last step that went into it, counted from 0.
    public let step: Int
    public let config: ExperimentConfig
    /// Weights and buffers of the generator by path, as they are used: averaged ones if the training averages.
    public let weights: [String: Tensor]
    /// Everything else that training needs to go on.
    public let training: TrainingState

    public init(step: Int, config: ExperimentConfig, weights: [String: Tensor], training: TrainingState) {
        self.step = step
        self.config = config
        self.weights = weights
        self.training = training
    }

    /// The generator with these weights.
    public func makeModel() throws -> DualStageModel {
        let model = DualStageModel(config.model, bands: config.audio.melBands, seed: 0)
        do {
            try ParameterTree(model).load(weights)
        } catch {
            throw ExperimentError.checkpoint("the checkpoint does not fit its model: \(error)")
        }
        return model
    }
}

/// What a training is made of beside the generator's weights. Data and random draws are not in it: they follow
/// from the seed and the step.
public struct TrainingState: Sendable {
    /// Moments of optimisers, the discriminator, and the generator's own weights where averaged ones are used.
    public var tensors: [String: Tensor]
    /// How many steps each optimiser has made, by its name.
    public var counters: [String: Int]
    public var progress: TrainingProgress

    public init(
        tensors: [String: Tensor] = [:], counters: [String: Int] = [:],
        progress: TrainingProgress = TrainingProgress()
    ) {
        self.tensors = tensors
        self.counters = counters
        self.progress = progress
    }
}

/// What a training remembers of the steps behind it.
public struct TrainingProgress: Sendable, Equatable {
    /// The lowest validation loss so far; nil before the first one that is a number.
    public var bestLoss: Double?
    /// Validations since the lowest loss that counted for early stopping, and that loss.
    public var validationsWithoutGain = 0
    public var referenceLoss: Double?
    /// Steps in a row, up to the last one, that were skipped because something was not finite.
    public var nonFiniteInARow = 0
    /// Whether early stopping has ended the training.
    public var endedEarly = false

    public init() {}
}

extension TrainingProgress: Configurable {
    public static let fields: [Field<Self>] = [
        Field("best_loss", \.bestLoss, "lowest validation loss so far"),
        Field(
            "validations_without_gain", \.validationsWithoutGain, in: 0..., "counts towards early stopping"),
        Field("reference_loss", \.referenceLoss, "the loss to improve upon"),
        Field("non_finite_in_a_row", \.nonFiniteInARow, in: 0..., "skipped steps up to the last"),
        Field("ended_early", \.endedEarly, "whether early stopping has ended the training"),
    ]
}
