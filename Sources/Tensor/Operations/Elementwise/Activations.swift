/// x where x > 0, slope * x elsewhere, with a learned slope for all or for each channel (last axis): (x, slope)
/// (He et al. 2015).
struct ParametricReLU: Composite {
    static let name = "prelu"

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard let channels = inputs[0].last else {
            throw ShapeError("[prelu] input needs an axis of channels, its shape is \(inputs[0])")
        }
        guard inputs[1].isEmpty || inputs[1] == [1] || inputs[1] == [channels] else {
            throw ShapeError(
                "[prelu] slope must be [], [1] or [\(channels)] for input \(inputs[0]), got \(inputs[1])")
        }
        return [inputs[0]]
    }

    func compose(_ inputs: [Tensor]) -> [Tensor] {
        let (x, slope) = (inputs[0], inputs[1])
        let isPositive = x.detached.mask { $0 > 0 }
        // The slope never meets positive elements, whose product could overflow.
        let negative = Tensor.select(isPositive, Tensor(0), x)
        return [Tensor.select(isPositive, x, negative * slope)]
    }
}

/// log(1 + e^(beta x)) / beta, and x itself where beta x is above the threshold.
struct Softplus: Composite {
    static let name = "softplus"
    let beta: Float
    let threshold: Float

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard beta != 0 else { throw ShapeError("[softplus] beta must not be 0") }
        return [inputs[0]]
    }

    func compose(_ inputs: [Tensor]) -> [Tensor] {
        let x = inputs[0]
        let soft = (x * beta).softplus() * (1 / beta)
        return [Tensor.select(x.detached.mask { $0 * beta > threshold }, x, soft)]
    }
}

extension Tensor {
    /// x where x > 0, slope * x elsewhere.
    /// - Parameter slope: [], [1] or [channels].
    public func parametricReLU(slope: Tensor) -> Tensor { apply(ParametricReLU(), [self, slope])[0] }

    /// log(1 + e^(beta x)) / beta, and x itself where beta x is above the threshold.
    public func softplus(beta: Float, threshold: Float = 20) -> Tensor {
        apply(Softplus(beta: beta, threshold: threshold), [self])[0]
    }
}
