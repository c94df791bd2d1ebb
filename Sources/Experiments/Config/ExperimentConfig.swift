import StrictJSON

/// A whole experiment: what a JSON file describes and a run stores, defaults filled in.
public struct ExperimentConfig: Configurable {
    public var name = "experiment"
    public var seed = 1
    public var audio = FrontEndConfig()
    public var dataset = Choice<DatasetRegistry>(SyntheticDatasetConfig())
    public var augmentation: [Choice<AugmentationRegistry>] = []
    public var model = DualStageConfig()
    public var losses: [Choice<LossRegistry>] = [
        Choice(NoiseToSignalLossConfig(stage: .first)),
        Choice(NoiseToSignalLossConfig(stage: .final)),
        Choice(LogMelLossConfig(stage: .final)),
    ]
    public var task = Choice<TaskRegistry>(AdversarialTaskConfig())
    public var optimizer = OptimizerConfig()
    public var training = TrainingConfig()
    public var evaluation = EvaluationConfig()

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("name", \.name, "what lists call the experiment"),
        Field("seed", \.seed, in: 0..., "decides every random draw"),
        Field("audio", \.audio, "sample rate and spectrogram of the model"),
        Field("dataset", \.dataset, "where recordings come from"),
        Field("augmentation", \.augmentation, "what changes training pairs, one after the other"),
        Field("model", \.model, "the dual-stage network"),
        Field("losses", \.losses, count: 1..., "what the generator is trained to reduce, summed"),
        Field("task", \.task, "how the generator is trained"),
        Field("optimizer", \.optimizer, "Adam and its schedule"),
        Field("training", \.training, "length and rhythm of the training"),
        Field("evaluation", \.evaluation, "how the trained model is scored"),
    ]

    public func validate() throws {
        let multiple = 1 << max(model.stage1.depth, model.stage2?.depth ?? 0)
        guard audio.melBands % multiple == 0 else {
            throw JSONError(
                at: "audio.mel_bands",
                "\(audio.melBands) does not fit a U-Net of depth \(max(model.stage1.depth, model.stage2?.depth ?? 0)); "
                    + "accepted: multiples of \(multiple), or a smaller model depth")
        }
        guard training.clipFrames % multiple == 0 else {
            throw JSONError(
                at: "training.clip_frames",
                "\(training.clipFrames) does not fit the U-Net depth; accepted: multiples of \(multiple)")
        }
        for (index, loss) in losses.enumerated() where loss.item.stage == .second && model.stage2 == nil {
            throw JSONError(
                at: JSONPath("losses.\(index).stage"), "the model has no second stage; accepted: first, final"
            )
        }
    }

    /// What trials of a sweep share that are repeats of one another: all but these. (Runs that were moved elsewhere are
    /// repeats, too: `ConfigurationGroup`.)
    public static let pathsOutsideGroup: [JSONPath] = ["name", "seed"]
}

/// Sample rate and spectrogram.
public struct FrontEndConfig: Configurable {
    public var sampleRate = 16000
    public var fftSize = 512
    public var hopLength = 256
    public var melBands = 64

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("sample_rate", \.sampleRate, in: 4000...192_000, "rate the model works at, Hz"),
        Field("fft_size", \.fftSize, in: 64...16384, "samples of a frame (Hann window)"),
        Field("hop_length", \.hopLength, in: 16...8192, "samples from frame to frame"),
        Field("mel_bands", \.melBands, in: 8...512, "bands of the mel spectrogram"),
    ]

    public func validate() throws {
        guard hopLength * 2 <= fftSize else {
            throw JSONError(
                at: "hop_length",
                "\(hopLength) leaves gaps between frames; accepted: at most half of fft_size")
        }
        guard fftSize % 2 == 0 else {
            throw JSONError(at: "fft_size", "\(fftSize) is odd; accepted: even sizes")
        }
        guard melBands <= fftSize / 4 else {
            throw JSONError(
                at: "mel_bands",
                "\(melBands) bands are too many for \(fftSize / 2 + 1) bins; "
                    + "accepted: at most fft_size / 4 = \(fftSize / 4)")
        }
    }
}

/// One U-Net.
public struct UNetConfig: Configurable {
    public var baseChannels = 16
    public var depth = 5

    public init() {}

    public static let fields: [Field<Self>] = [
        Field(
            "base_channels", \.baseChannels, in: 1...128,
            "channels of the first level; each level doubles them"),
        Field("depth", \.depth, in: 1...8, "halvings of time and frequency"),
    ]
}

/// The generator: a denoising U-Net, and a generative one behind it.
public struct DualStageConfig: Configurable {
    public var stage1 = UNetConfig()
    public var stage2: UNetConfig? = UNetConfig()

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("stage1", \.stage1, "removes noise and distortion: gains per mel band"),
        Field("stage2", \.stage2, "refines the result and completes what is missing; null for one stage"),
    ]
}

/// How the learning rate goes on after the warm-up.
public enum RateSchedule: String, CaseIterable, ConfigValue {
    /// Half a cosine down to `final_share`.
    case cosine
    /// A straight line down to `final_share`.
    case linear
    /// No decay.
    case constant
}

/// Adam with warm-up and decay.
public struct OptimizerConfig: Configurable {
    public var learningRate = 1e-3
    public var schedule = RateSchedule.cosine
    public var finalShare = 0.02
    public var warmupSteps = 50
    public var beta1 = 0.9
    public var beta2 = 0.999
    public var weightDecay = 0.0
    public var clipNorm = 5.0

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("learning_rate", \.learningRate, in: Above(0, through: 1), "largest step size of Adam"),
        Field("schedule", \.schedule, "how the learning rate falls after the warm-up"),
        Field(
            "final_share", \.finalShare, in: 0...1,
            "share of the learning rate left at the end (cosine and linear)"),
        Field("warmup_steps", \.warmupSteps, in: 0..., "steps over which the learning rate rises"),
        Field("beta1", \.beta1, in: 0..<1, "decay of the first moment"),
        Field("beta2", \.beta2, in: 0..<1, "decay of the second moment"),
        Field("weight_decay", \.weightDecay, in: 0...1, "decoupled weight decay"),
        Field("clip_norm", \.clipNorm, in: Above(0), "largest gradient norm; larger ones are scaled down"),
    ]

    /// The learning rate at a step: linear warm-up, then the schedule. It depends on nothing else, so that a
    /// training that is resumed has the rates of one that never stopped.
    public func learningRate(step: Int, of steps: Int) -> Double {
        if step < warmupSteps { return learningRate * Double(step + 1) / Double(warmupSteps) }
        let progress = min(1, Double(step - warmupSteps) / Double(max(1, steps - warmupSteps)))
        return switch schedule {
        case .cosine: learningRate * (finalShare + (1 - finalShare) * 0.5 * (1 + cosine(.pi * progress)))
        case .linear: learningRate * (1 - (1 - finalShare) * progress)
        case .constant: learningRate
        }
    }
}

/// How the trained model is scored.
public struct EvaluationConfig: Configurable {
    public var validationItems = 24
    public var audioExamples = 4

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("validation_items", \.validationItems, in: 1..., "items scored at each validation"),
        Field("audio_examples", \.audioExamples, in: 0..., "test items whose audio and pictures are kept"),
    ]
}
