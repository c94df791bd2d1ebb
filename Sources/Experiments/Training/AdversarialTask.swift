import Layers
import Losses
import StrictJSON
import Tensor

/// Reconstruction first, then a discriminator too: `{"kind": "adversarial"}`.
public struct AdversarialTaskConfig: TaskConfig {
    public static let kind = "adversarial"
    public static let summary = "reconstruction losses, then a PatchGAN discriminator as well (LSGAN)"

    public var discriminator = DiscriminatorConfig()
    public var weight = 0.05
    public var generatorOnlyShare = 0.6
    public var rampShare = 0.1

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("discriminator", \.discriminator, "the judge of log-mel patches"),
        Field("weight", \.weight, in: 0..., "factor of the adversarial loss at the end of the ramp"),
        Field(
            "generator_only_share", \.generatorOnlyShare, in: 0...1,
            "share of the steps before the discriminator joins"),
        Field(
            "ramp_share", \.rampShare, in: 0...1, "share of the steps over which the adversarial loss rises"),
    ]

    public func make(_ context: TaskContext) -> any TrainingTask { AdversarialTask(self, context) }
}

/// The discriminator and its optimiser.
public struct DiscriminatorConfig: Configurable {
    public var baseChannels = 16
    public var layers = 3
    public var learningRate = 2e-4
    public var beta1 = 0.5

    public init() {}

    public static let fields: [Field<Self>] = [
        Field(
            "base_channels", \.baseChannels, in: 1...256,
            "channels of the first layer; each layer doubles them"),
        Field("layers", \.layers, in: 1...6, "halvings of time and frequency before the scores"),
        Field("learning_rate", \.learningRate, in: Above(0, through: 1), "step size of its Adam"),
        Field("beta1", \.beta1, in: 0..<1, "decay of the first moment of its Adam"),
    ]
}

/// The discriminator sees normalised log-mels: the degraded one as condition beside either the clean one or the
/// generator's.
final class AdversarialTask: TrainingTask {
    private let settings: AdversarialTaskConfig
    private let steps: Int
    private let model: DualStageModel
    private let reconstruction: Reconstruction
    private let generator: GeneratorOptimisation
    private let discriminator: PatchDiscriminator
    private let discriminatorTree: ParameterTree
    private let discriminatorOptimiser: Adam

    init(_ settings: AdversarialTaskConfig, _ context: TaskContext) {
        self.settings = settings
        steps = context.config.training.steps
        model = context.model
        reconstruction = Reconstruction(context: context)
        generator = GeneratorOptimisation(context)
        var stream = RandomStream(seed: UInt64(context.config.seed), "weights/discriminator")
        discriminator = PatchDiscriminator(
            inChannels: 2, baseChannels: settings.discriminator.baseChannels,
            layers: settings.discriminator.layers,
            from: &stream)
        discriminatorTree = ParameterTree(discriminator)
        discriminatorOptimiser = Adam(
            discriminatorTree.parameters, learningRate: settings.discriminator.learningRate,
            beta1: settings.discriminator.beta1)
    }

    var extraState: [String: Tensor] {
        var state = generator.state
        for (path, value) in discriminatorTree.state { state["discriminator." + path] = value }
        for (path, value) in discriminatorOptimiser.state { state["discriminator." + path] = value }
        return state
    }

    var counters: [String: Int] {
        ["generator": generator.stepCount, "discriminator": discriminatorOptimiser.stepCount]
    }

    func restore(_ state: [String: Tensor], counters: [String: Int]) throws(StateError) {
        let prefix = "discriminator."
        var own: [String: Tensor] = [:]
        for (path, value) in state where path.hasPrefix(prefix) {
            own[String(path.dropFirst(prefix.count))] = value
        }
        guard let steps = counters["discriminator"] else {
            throw StateError("the number of steps of the discriminator's optimiser is missing")
        }
        try discriminatorOptimiser.load(own, stepCount: steps)
        let expected = discriminatorTree.state
        try discriminatorTree.load(own.filter { expected[$0.key] != nil })
        try generator.restore(state, stepCount: counters["generator"])
    }

    private var firstAdversarialStep: Int { Int((Double(steps) * settings.generatorOnlyShare).rounded()) }

    var lastGeneratorOnlyStep: Int? {
        firstAdversarialStep > 0 && firstAdversarialStep < steps ? firstAdversarialStep - 1 : nil
    }

    var parameterCount: Int { generator.parameterCount + discriminatorTree.parameterCount }

    func step(_ batch: Batch, number: Int) -> StepReport {
        let before = generator.snapshot()
        let tape = Tape(watching: generator.parameters)
        let result = tape.record { reconstruction(batch, mode: .training) }
        var metrics = result.parts.map { (name: "train/" + $0.name, value: $0.value) }
        var loss = result.total
        metrics.insert((name: "train/loss", value: Double(loss.item)), at: 0)

        // Before the discriminator learns anything from a generator that is beside itself.
        guard loss.item.isFinite else {
            generator.restore(before)
            return StepReport(metrics: metrics, isFinite: false)
        }
        if number >= firstAdversarialStep {
            let statistics = discriminatorTree.buffers.map(\.buffer.value)
            let condition = model.normalised(batch.logMelInput)
            let real = model.normalised(batch.logMelTarget)
            let fake = tape.record { model.normalised(result.output.logMel) }
            guard let judged = trainDiscriminator(condition: condition, real: real, fake: fake.detached)
            else {
                for (entry, value) in zip(discriminatorTree.buffers, statistics) {
                    entry.buffer.value = value
                }
                generator.restore(before)
                return StepReport(metrics: metrics, isFinite: false)
            }
            metrics += judged
            let adversarial = tape.record {
                LeastSquaresGAN.generator(
                    fake: discriminator(.concatenate([condition, fake], axis: -1), mode: .training))
            }
            let ramp = min(
                1, Double(number - firstAdversarialStep + 1) / max(1, settings.rampShare * Double(steps)))
            metrics.append((name: "train/adversarial", value: Double(adversarial.item)))
            loss = tape.record { loss + adversarial * Float(settings.weight * ramp) }
        }

        guard loss.item.isFinite, let moved = generator.step(tape.gradients(of: loss), number: number) else {
            generator.restore(before)
            return StepReport(metrics: metrics, isFinite: false)
        }
        metrics += [
            (name: "train/gradient_norm", value: moved.norm),
            (name: "train/learning_rate", value: moved.rate),
        ]
        return StepReport(metrics: metrics, isFinite: true)
    }

    /// One step of the discriminator; nil if it was not finite.
    private func trainDiscriminator(
        condition: Tensor, real: Tensor, fake: Tensor
    ) -> [(name: String, value: Double)]? {
        let tape = Tape(watching: discriminatorOptimiser.parameters)
        let (scoreReal, scoreFake, loss) = tape.record { () -> (Tensor, Tensor, Tensor) in
            let scoreReal = discriminator(.concatenate([condition, real], axis: -1), mode: .training)
            let scoreFake = discriminator(.concatenate([condition, fake], axis: -1), mode: .training)
            return (scoreReal, scoreFake, LeastSquaresGAN.discriminator(real: scoreReal, fake: scoreFake))
        }
        let gradients = tape.gradients(of: loss)
        guard loss.item.isFinite, gradients.norm(discriminatorOptimiser.parameters).isFinite else {
            return nil
        }
        discriminatorOptimiser.step(gradients)
        // Watch: near 1 and 0 the discriminator has won, near 0.5 both it has no idea.
        return [
            (name: "train/discriminator", value: Double(loss.item)),
            (name: "train/score_real", value: Double(scoreReal.mean().item)),
            (name: "train/score_fake", value: Double(scoreFake.mean().item)),
        ]
    }
}
