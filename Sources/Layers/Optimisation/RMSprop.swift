import Tensor

/// Steps divided by the root of a running mean of squared gradients (Tieleman & Hinton 2012), centred (Graves 2013) and
/// with momentum if wanted.
public final class RMSprop: Optimiser {
    public var learningRate: Double
    public let alpha, epsilon, momentum, weightDecay: Double
    public let isCentred: Bool
    public private(set) var stepCount = 0
    private let memory: OptimiserMemory

    /// - Parameters:
    ///   - parameters: with the paths under which their state is stored.
    ///   - learningRate: default 1e-2.
    ///   - alpha: decay of the running means, default 0.99.
    ///   - epsilon: added to the root, default 1e-8.
    ///   - momentum: 0 ..< 1, default 0, which keeps no velocity.
    ///   - weightDecay: times the parameter joins the gradient, default 0.
    ///   - isCentred: whether the squared mean gradient is taken off the mean square, default false.
    public init(
        _ parameters: [(path: String, parameter: Parameter)], learningRate: Double = 1e-2,
        alpha: Double = 0.99, epsilon: Double = 1e-8, momentum: Double = 0, weightDecay: Double = 0,
        isCentred: Bool = false
    ) {
        self.learningRate = learningRate
        (self.alpha, self.epsilon, self.momentum, self.weightDecay) = (alpha, epsilon, momentum, weightDecay)
        self.isCentred = isCentred
        memory = OptimiserMemory(
            parameters,
            names: ["mean_square"] + (isCentred ? ["mean_gradient"] : []) + (momentum > 0 ? ["velocity"] : [])
        )
    }

    public var parameters: [Parameter] { memory.parameters }
    public var state: [String: Tensor] { memory.state }

    public func step(_ gradients: Gradients, gradientScale: Double = 1) {
        stepCount += 1
        for slot in memory.slots {
            guard let gradient = gradients[slot.parameter] else { continue }
            RootMeanSquareKernel.step(
                slot.parameter, square: slot.moments[0], mean: isCentred ? slot.moments[1] : nil,
                velocity: momentum > 0 ? slot.moments[slot.moments.count - 1] : nil, gradient: gradient,
                rate: learningRate, alpha: alpha, epsilon: epsilon, momentum: momentum,
                weightDecay: weightDecay, gradientScale: gradientScale)
        }
    }

    public func load(_ state: [String: Tensor], stepCount: Int) throws(StateError) {
        try memory.load(state)
        self.stepCount = stepCount
    }
}
