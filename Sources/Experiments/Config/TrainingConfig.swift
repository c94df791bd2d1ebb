import StrictJSON
import Tensor

extension ConvolutionEngine: ConfigValue {}

/// Length and rhythm of the training.
public struct TrainingConfig: Configurable {
    public var steps = 2400
    public var batchSize = 8
    public var clipFrames = 128
    public var validateEvery = 100
    public var checkpointEvery = 100
    public var keepEvery: Int?
    public var emaDecay = 0.0
    public var earlyStopping = EarlyStoppingConfig()
    public var nonFinitePatience = 5
    public var engine = ConvolutionEngine.winograd

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("steps", \.steps, in: 1..., "batches to train on"),
        Field("batch_size", \.batchSize, in: 1...4096, "clips in a batch"),
        Field("clip_frames", \.clipFrames, in: 2...8192, "spectrogram frames of a clip"),
        Field("validate_every", \.validateEvery, in: 1..., "steps between validations"),
        Field("checkpoint_every", \.checkpointEvery, in: 1..., "steps between checkpoints"),
        Field(
            "keep_every", \.keepEvery, in: 1...,
            "steps between checkpoints that are kept for good; null keeps none but the newest two and the best"
        ),
        Field(
            "ema_decay", \.emaDecay, in: 0..<1,
            "share that a step leaves of the moving average of the weights, which reaches back some 1 / (1 - share) "
                + "steps and is what is validated, stored and used; 0: no average"),
        Field("early_stopping", \.earlyStopping, "ends a training whose validation loss falls no more"),
        Field(
            "non_finite_patience", \.nonFinitePatience, in: 1...,
            "skipped steps in a row, because a loss or gradient is not finite, after which the run fails"),
        Field(
            "engine", \.engine,
            "what computes convolutions; they agree to rounding, blas is the slow reference"),
    ]
}

/// When a training ends before its last step.
public struct EarlyStoppingConfig: Configurable {
    public var patience: Int?
    public var minimumGain = 0.0

    public init() {}

    public static let fields: [Field<Self>] = [
        Field(
            "patience", \.patience, in: 1...,
            "validations in a row without gain that end the training; null: it never ends early"),
        Field(
            "min_gain", \.minimumGain, in: 0..., "what the validation loss has to fall by to count as gain"),
    ]

    /// Counts a validation and returns whether it ends the training.
    func ends(after loss: Double, _ progress: inout TrainingProgress) -> Bool {
        guard let patience else { return false }
        if loss < (progress.referenceLoss ?? .infinity) - minimumGain {
            progress.referenceLoss = loss
            progress.validationsWithoutGain = 0
        } else {
            progress.validationsWithoutGain += 1
        }
        progress.endedEarly = progress.validationsWithoutGain >= patience
        return progress.endedEarly
    }
}
