import Layers
import StrictJSON
import Tensor

/// Reconstruction losses alone: `{"kind": "supervised"}`.
public struct SupervisedTaskConfig: TaskConfig {
    public static let kind = "supervised"
    public static let summary = "reconstruction losses alone, no discriminator"

    public init() {}
    public static let fields: [Field<Self>] = []

    public func make(_ context: TaskContext) -> any TrainingTask { SupervisedTask(context) }
}

final class SupervisedTask: TrainingTask {
    private let reconstruction: Reconstruction
    private let generator: GeneratorOptimisation

    init(_ context: TaskContext) {
        reconstruction = Reconstruction(context: context)
        generator = GeneratorOptimisation(context)
    }

    var extraState: [String: Tensor] { generator.state }
    var counters: [String: Int] { ["generator": generator.stepCount] }
    var lastGeneratorOnlyStep: Int? { nil }
    var parameterCount: Int { generator.parameterCount }

    func restore(_ state: [String: Tensor], counters: [String: Int]) throws(StateError) {
        try generator.restore(state, stepCount: counters["generator"])
    }

    func step(_ batch: Batch, number: Int) -> StepReport {
        let before = generator.snapshot()
        let tape = Tape(watching: generator.parameters)
        let result = tape.record { reconstruction(batch, mode: .training) }
        let loss = Double(result.total.item)
        var metrics = [("train/loss", loss)] + result.parts.map { ("train/" + $0.name, $0.value) }
        guard loss.isFinite, let moved = generator.step(tape.gradients(of: result.total), number: number)
        else {
            generator.restore(before)
            return StepReport(metrics: metrics, isFinite: false)
        }
        metrics += [("train/gradient_norm", moved.norm), ("train/learning_rate", moved.rate)]
        return StepReport(metrics: metrics, isFinite: true)
    }
}
