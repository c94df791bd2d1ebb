import Tensor

/// Gradient descent (SGD), with momentum (Polyak 1964) or Nesterov's form of it (Sutskever et al. 2013).
public final class GradientDescent: Optimiser {
    public var learningRate: Double
    /// Share of the velocity that a step keeps; a cycle of the momentum changes it between steps.
    public var momentum: Double
    public let dampening, weightDecay: Double
    public let isNesterov, maximises: Bool
    public private(set) var stepCount = 0
    private let memory: OptimiserMemory
    /// Which velocities have begun: the first is the gradient itself, undamped.
    private var hasBegun: [Bool]

    /// - Parameters:
    ///   - parameters: with the paths under which their state is stored.
    ///   - learningRate: default 1e-3.
    ///   - momentum: 0 ..< 1, default 0, which keeps no velocity.
    ///   - dampening: share of each gradient that the velocity leaves out, default 0; not with Nesterov's form.
    ///   - weightDecay: times the parameter joins the gradient, default 0.
    ///   - isNesterov: whether steps look ahead along the velocity; needs a momentum.
    ///   - maximises: whether steps go up, default false.
    public init(
        _ parameters: [(path: String, parameter: Parameter)], learningRate: Double = 1e-3,
        momentum: Double = 0, dampening: Double = 0, weightDecay: Double = 0, isNesterov: Bool = false,
        maximises: Bool = false
    ) {
        require(
            !isNesterov || momentum > 0 && dampening == 0,
            "[gradient_descent] Nesterov's form needs a momentum above 0 (is \(momentum)) and no dampening "
                + "(is \(dampening))")
        self.learningRate = learningRate
        (self.momentum, self.dampening, self.weightDecay) = (momentum, dampening, weightDecay)
        (self.isNesterov, self.maximises) = (isNesterov, maximises)
        memory = OptimiserMemory(parameters, names: momentum == 0 ? [] : ["velocity"])
        hasBegun = parameters.map { _ in false }
    }

    public var parameters: [Parameter] { memory.parameters }

    /// Velocities that have begun, by path.
    public var state: [String: Tensor] {
        var result = memory.state
        for (slot, begun) in zip(memory.slots, hasBegun) where !begun {
            result[slot.path + ".velocity"] = nil
        }
        return result
    }

    public func step(_ gradients: Gradients, gradientScale: Double = 1) {
        stepCount += 1
        let scale = maximises ? -gradientScale : gradientScale
        for (index, slot) in memory.slots.enumerated() {
            guard let gradient = gradients[slot.parameter] else { continue }
            guard let velocity = slot.moments.first else {
                GradientDescentKernel.step(
                    slot.parameter, gradient: gradient, rate: learningRate, weightDecay: weightDecay,
                    gradientScale: scale)
                continue
            }
            GradientDescentKernel.step(
                slot.parameter, velocity: velocity, gradient: gradient, rate: learningRate,
                momentum: momentum, weight: hasBegun[index] ? 1 - dampening : 1, isNesterov: isNesterov,
                weightDecay: weightDecay, gradientScale: scale)
            hasBegun[index] = true
        }
    }

    public func load(_ state: [String: Tensor], stepCount: Int) throws(StateError) {
        var whole = state
        var begun: [Bool] = []
        for slot in memory.slots {
            let key = slot.path + ".velocity"
            begun.append(state[key] != nil)
            if state[key] == nil { whole[key] = .zeros(slot.parameter.shape) }
        }
        try memory.load(whole)
        hasBegun = begun
        self.stepCount = stepCount
    }
}
