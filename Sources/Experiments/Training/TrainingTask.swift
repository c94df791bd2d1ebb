import Layers
import StrictJSON
import Tensor

/// One way of training a generator.
public protocol TrainingTask: AnyObject {
    /// Trains on a batch and returns what there is to log.
    func step(_ batch: Batch, number: Int) -> StepReport

    /// Networks and optimisers beyond the generator's weights, by path, so that training could go on.
    var extraState: [String: Tensor] { get }

    /// How many steps each optimiser has made, by its name.
    var counters: [String: Int] { get }

    /// Takes networks and optimisers from `extraState` and `counters` of an earlier training.
    /// - Throws: `StateError` if something is missing or has another shape.
    func restore(_ state: [String: Tensor], counters: [String: Int]) throws(StateError)

    /// The last step that trains the generator on its own; nil if it always is.
    var lastGeneratorOnlyStep: Int? { get }

    /// Parameters that are trained, the generator's and others'.
    var parameterCount: Int { get }
}

/// What a training step did.
public struct StepReport: Sendable {
    /// Named values to log.
    public var metrics: [(name: String, value: Double)]
    /// False if a loss or gradient was NaN or infinite; the generator was not changed then.
    public var isFinite: Bool
}

/// What a task is made of.
public struct TaskContext {
    public let model: DualStageModel
    public let frontEnd: FrontEnd
    public let config: ExperimentConfig
}

/// A task that a config can name.
public protocol TaskConfig: Component {
    func make(_ context: TaskContext) -> any TrainingTask
}

/// All tasks.
public enum TaskRegistry: Registry {
    public typealias Item = any TaskConfig
    public static let name = "task"
    public static let kinds: [any Component.Type] = [AdversarialTaskConfig.self, SupervisedTaskConfig.self]
}

/// The generator's reconstruction loss.
struct Reconstruction {
    let context: TaskContext

    struct Result {
        let output: DualStageModel.Output
        let total: Tensor
        let parts: [(name: String, value: Double)]
    }

    func callAsFunction(_ batch: Batch, mode: Mode) -> Result {
        let model = context.model
        let output = model(batch.logMelInput, mode: mode)
        let interpolation = context.frontEnd.interpolation
        let gains1 = model.binGains(output.logGain1, interpolation: interpolation)
        let gains =
            model.stage2 == nil ? gains1 : model.binGains(output.logGain, interpolation: interpolation)
        let losses = LossContext(
            batch: batch, output: output, gains1: gains1, gains: gains, frontEnd: context.frontEnd)
        var total = Tensor(0)
        var parts: [(name: String, value: Double)] = []
        for loss in context.config.losses {
            let value = loss.item(losses)
            parts.append((loss.item.metricName, Double(value.item)))
            total = total + value * Float(loss.item.weight)
        }
        return Result(output: output, total: total, parts: parts)
    }
}

/// The generator's weights, their optimiser, and one careful step of it.
final class GeneratorOptimisation {
    private let optimiser: Adam
    private let buffers: [Buffer]
    private let config: ExperimentConfig

    init(_ context: TaskContext) {
        let tree = ParameterTree(context.model)
        let settings = context.config.optimizer
        optimiser = Adam(
            tree.parameters, learningRate: settings.learningRate, beta1: settings.beta1,
            beta2: settings.beta2,
            weightDecay: settings.weightDecay)
        // The normalisation of inputs is fixed; running statistics change with every forward pass.
        buffers = tree.buffers.map(\.buffer)
        config = context.config
    }

    var parameters: [Parameter] { optimiser.parameters }
    var state: [String: Tensor] { optimiser.state }
    var stepCount: Int { optimiser.stepCount }

    func restore(_ state: [String: Tensor], stepCount: Int?) throws(StateError) {
        guard let stepCount else {
            throw StateError("the number of steps of the generator's optimiser is missing")
        }
        try optimiser.load(state, stepCount: stepCount)
    }

    var parameterCount: Int { optimiser.parameters.reduce(0) { $0 + $1.value.count } }

    /// The running statistics before a step, to go back to if the step is not finite.
    func snapshot() -> [Tensor] { buffers.map(\.value) }

    func restore(_ snapshot: [Tensor]) {
        for (buffer, value) in zip(buffers, snapshot) { buffer.value = value }
    }

    /// Clips, and moves the weights if everything is finite.
    func step(_ gradients: Gradients, number: Int) -> (norm: Double, rate: Double)? {
        let norm = gradients.norm(parameters)
        guard norm.isFinite else { return nil }
        let rate = config.optimizer.learningRate(step: number, of: config.training.steps)
        optimiser.learningRate = rate
        optimiser.step(
            gradients, gradientScale: norm > config.optimizer.clipNorm ? config.optimizer.clipNorm / norm : 1)
        return (norm, rate)
    }
}
