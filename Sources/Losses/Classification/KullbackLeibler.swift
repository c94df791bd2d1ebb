import Tensor

/// The Kullback-Leibler divergence t (log t - x) of log probabilities x from targets t.
public struct KullbackLeibler: Sendable {
    /// What becomes of the values.
    public enum Reduction: String, Sendable {
        case none, mean, sum
        /// The sum over everything, divided by the size of the first axis: the divergence itself.
        case batchMean = "batchmean"
    }

    public var reduction: Reduction
    /// Whether targets are given as their logarithms.
    public var takesLogarithms: Bool

    public init(reduction: Reduction = .batchMean, takesLogarithms: Bool = false) {
        self.reduction = reduction
        self.takesLogarithms = takesLogarithms
    }

    /// - Parameters:
    ///   - logProbability: x, any shape.
    ///   - target: t, of the same shape; has no gradient. t = 0 counts as 0.
    public func callAsFunction(_ logProbability: Tensor, _ target: Tensor) -> Tensor {
        requireSameShape(logProbability, target, "kullback_leibler")
        let target = target.detached
        let values: Tensor
        if takesLogarithms {
            values = target.exponential() * (target - logProbability)
        } else {
            // t log t is 0 at 0.
            let entropy = Tensor.select(target.mask { $0 > 0 }, target * target.logarithm(), target * 0)
            values = entropy - target * logProbability
        }
        return switch reduction {
        case .none: values
        case .mean: values.mean()
        case .sum: values.sum()
        case .batchMean: values.sum() * (1 / Float(max(1, values.shape.first ?? 1)))
        }
    }
}
