import Tensor

extension Gradients {
    /// The Euclidean norm over the gradients of all given parameters.
    public func norm(_ parameters: [Parameter]) -> Double {
        var total = 0.0
        for parameter in parameters {
            if let gradient = self[parameter] { total += gradient.sumOfSquares() }
        }
        return total.squareRoot()
    }

    /// The norm of any order over the gradients of all given parameters.
    /// - Parameter order: above 0; infinity is the largest magnitude.
    public func norm(_ parameters: [Parameter], order: Double) -> Double {
        if order == 2 { return norm(parameters) }
        let norms = parameters.compactMap { self[$0]?.norm(order: order) }
        return VectorNorm.of(norms, order: order)
    }

    /// Gradients scaled down together so that their norm is at most `largest` (Pascanu et al. 2013).
    /// - Returns: the gradients, and their norm before.
    public func clipped(
        _ parameters: [Parameter], norm largest: Double, order: Double = 2
    ) -> (gradients: Gradients, norm: Double) {
        let total = norm(parameters, order: order)
        let scale = min(1, largest / (total + 1e-6))
        if scale == 1 { return (self, total) }
        return (mapped(parameters) { $0 * Float(scale) }, total)
    }

    /// Gradients with every element limited to -largest ... largest.
    public func clipped(_ parameters: [Parameter], value largest: Double) -> Gradients {
        mapped(parameters) { $0.clamped(low: -Float(largest), high: Float(largest)) }
    }
}
