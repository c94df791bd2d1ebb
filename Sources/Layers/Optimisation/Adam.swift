import Tensor

/// Adam (Kingma & Ba 2015) with decoupled weight decay (AdamW, Loshchilov & Hutter 2019) or with decay as part of the
/// gradient, and with the largest second moment instead of the newest if wanted (AMSGrad, Reddi et al. 2018).
public final class Adam: Optimiser {
    /// How weight decay acts.
    public enum Decay: Sendable {
        /// Parameters shrink by rate * decay a step (AdamW).
        case decoupled
        /// decay * parameter joins the gradient, and with it the moments.
        case coupled
    }

    public var learningRate: Double
    /// Decay of the first moment; a cycle of the momentum changes it between steps.
    public var beta1: Double
    public let beta2, epsilon, weightDecay: Double
    public private(set) var stepCount = 0
    private let decay: Decay
    private let keepsLargest: Bool
    private let memory: OptimiserMemory

    /// - Parameters:
    ///   - parameters: with the paths under which their state is stored.
    ///   - learningRate: default 1e-3.
    ///   - beta1, beta2: decay of the first and second moment, defaults 0.9 and 0.999.
    ///   - epsilon: added to the root of the second moment, default 1e-8.
    ///   - weightDecay: share of each parameter that a step of rate 1 would take away, default 0.
    ///   - decay: default decoupled.
    ///   - keepsLargest: whether steps use the largest second moment so far (AMSGrad), default false.
    public init(
        _ parameters: [(path: String, parameter: Parameter)], learningRate: Double = 1e-3,
        beta1: Double = 0.9,
        beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0, decay: Decay = .decoupled,
        keepsLargest: Bool = false
    ) {
        self.learningRate = learningRate
        (self.beta1, self.beta2, self.epsilon, self.weightDecay) = (beta1, beta2, epsilon, weightDecay)
        (self.decay, self.keepsLargest) = (decay, keepsLargest)
        memory = OptimiserMemory(
            parameters,
            names: ["first_moment", "second_moment"] + (keepsLargest ? ["largest_second_moment"] : []))
    }

    public var parameters: [Parameter] { memory.parameters }
    public var state: [String: Tensor] { memory.state }

    public func step(_ gradients: Gradients, gradientScale: Double = 1) {
        stepCount += 1
        let correction1 = 1 - IntegerPower.of(beta1, stepCount)
        let correction2 = 1 - IntegerPower.of(beta2, stepCount)
        for slot in memory.slots {
            guard let gradient = gradients[slot.parameter] else { continue }
            if decay == .decoupled && !keepsLargest {
                AdamKernel.step(
                    slot.parameter, first: slot.moments[0], second: slot.moments[1], gradient: gradient,
                    rate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
                    weightDecay: weightDecay, correction1: correction1, correction2: correction2,
                    gradientScale: gradientScale)
            } else {
                AdamKernel.step(
                    slot.parameter, first: slot.moments[0], second: slot.moments[1],
                    largest: keepsLargest ? slot.moments[2] : nil, gradient: gradient, rate: learningRate,
                    beta1: beta1, beta2: beta2, epsilon: epsilon,
                    coupledDecay: decay == .coupled ? weightDecay : 0,
                    decoupledDecay: decay == .decoupled ? weightDecay : 0, correction1: correction1,
                    correction2: correction2, gradientScale: gradientScale)
            }
        }
    }

    public func load(_ state: [String: Tensor], stepCount: Int) throws(StateError) {
        try memory.load(state)
        self.stepCount = stepCount
    }
}

/// Whole powers by repeated squaring, which gives the same bits on every machine.
enum IntegerPower {
    static func of(_ base: Double, _ exponent: Int) -> Double {
        var (result, factor, rest) = (1.0, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= factor }
            factor *= factor
            rest >>= 1
        }
        return result
    }
}
