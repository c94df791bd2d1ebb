import Tensor

/// Adam with decoupled weight decay (Kingma & Ba 2015; Loshchilov & Hutter 2019).
public final class Adam {
    /// Step size; schedules change it between steps.
    public var learningRate: Double
    public let beta1, beta2, epsilon, weightDecay: Double
    public private(set) var stepCount = 0

    private struct Slot {
        let path: String
        let parameter: Parameter
        let first: Parameter
        let second: Parameter
    }
    private let slots: [Slot]

    /// - Parameters:
    ///   - parameters: with the paths under which their state is stored.
    ///   - learningRate: default 1e-3.
    ///   - beta1, beta2: decay of the first and second moment, defaults 0.9 and 0.999.
    ///   - epsilon: added to the root of the second moment, default 1e-8.
    ///   - weightDecay: share of each parameter that a step of rate 1 would take away, default 0.
    public init(
        _ parameters: [(path: String, parameter: Parameter)], learningRate: Double = 1e-3,
        beta1: Double = 0.9,
        beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0
    ) {
        self.learningRate = learningRate
        (self.beta1, self.beta2, self.epsilon, self.weightDecay) = (beta1, beta2, epsilon, weightDecay)
        slots = parameters.map { path, parameter in
            Slot(
                path: path, parameter: parameter, first: Parameter(.zeros(parameter.shape)),
                second: Parameter(.zeros(parameter.shape)))
        }
    }

    public var parameters: [Parameter] { slots.map(\.parameter) }

    /// Moves every parameter that has a gradient.
    /// - Parameter gradientScale: factor on all gradients, for clipping.
    public func step(_ gradients: Gradients, gradientScale: Double = 1) {
        stepCount += 1
        let correction1 = 1 - pow(beta1, stepCount)
        let correction2 = 1 - pow(beta2, stepCount)
        for slot in slots {
            guard let gradient = gradients[slot.parameter] else { continue }
            AdamKernel.step(
                slot.parameter, first: slot.first, second: slot.second, gradient: gradient,
                rate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay,
                correction1: correction1, correction2: correction2, gradientScale: gradientScale)
        }
    }

    /// Moments by path, to be stored beside the parameters.
    public var state: [String: Tensor] {
        var result: [String: Tensor] = [:]
        for slot in slots {
            result[slot.path + ".first_moment"] = slot.first.value
            result[slot.path + ".second_moment"] = slot.second.value
        }
        return result
    }

    /// Continues from a stored state.
    public func load(_ state: [String: Tensor], stepCount: Int) throws(StateError) {
        for slot in slots {
            for (name, target) in [("first_moment", slot.first), ("second_moment", slot.second)] {
                guard let value = state["\(slot.path).\(name)"], value.shape == target.shape else {
                    throw StateError("optimiser state \(slot.path).\(name) is missing or has another shape")
                }
            }
        }
        for slot in slots {
            if let value = state[slot.path + ".first_moment"] { slot.first.value = value }
            if let value = state[slot.path + ".second_moment"] { slot.second.value = value }
        }
        self.stepCount = stepCount
    }

    private func pow(_ base: Double, _ exponent: Int) -> Double {
        // Repeated squaring gives the same bits on every machine.
        var (result, factor, rest) = (1.0, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= factor }
            factor *= factor
            rest >>= 1
        }
        return result
    }
}

extension Gradients {
    /// The Euclidean norm over the gradients of all given parameters.
    public func norm(_ parameters: [Parameter]) -> Double {
        var total = 0.0
        for parameter in parameters {
            if let gradient = self[parameter] { total += gradient.sumOfSquares() }
        }
        return total.squareRoot()
    }
}
