import Tensor

/// The cross entropy of yes-or-no answers with targets between 0 and 1.
public enum BinaryCrossEntropyLoss {
    /// -w (t log x + (1 - t) log(1 - x)) for probabilities x, with logarithms of at least -100.
    ///
    /// - Parameters:
    ///   - probability: x, 0 ... 1, any shape.
    ///   - target: t, of the same shape; has no gradient.
    ///   - weight: w, broadcasts to that shape; default 1.
    ///   - reduction: default the mean over all elements.
    /// - Returns: a scalar, or the values without a reduction. Traps on what `validate` refuses.
    public static func ofProbabilities(
        _ probability: Tensor, _ target: Tensor, weight: Tensor? = nil, reduction: Reduction = .mean
    ) -> Tensor {
        LossShapes.orTrap { () throws(ShapeError) in
            try validate(probability, target, weight: weight)
        }
        let values = probability.binaryCrossEntropy(target)
        return reduction(weight.map { values * $0.detached } ?? values)
    }

    /// The same for x = sigmoid(logit), which never overflows:
    /// w ((1 - t) logit + (1 + (p - 1) t) log(1 + e^-logit)).
    ///
    /// - Parameters:
    ///   - logit: any shape.
    ///   - target: t, of the same shape; has no gradient.
    ///   - weight: w, broadcasts to that shape; default 1.
    ///   - positiveWeight: p, how much more a yes counts, broadcasts to that shape; default 1.
    ///   - reduction: default the mean over all elements.
    public static func ofLogits(
        _ logit: Tensor, _ target: Tensor, weight: Tensor? = nil, positiveWeight: Tensor? = nil,
        reduction: Reduction = .mean
    ) -> Tensor {
        LossShapes.orTrap { () throws(ShapeError) in
            try validateLogits(
                logit.shape, target.shape, weight: weight?.shape, positiveWeight: positiveWeight?.shape)
        }
        let target = target.detached
        let positive = (-logit).softplus()
        let share = positiveWeight.map { ($0.detached - 1) * target + 1 }
        let values = (1 - target) * logit + (share.map { $0 * positive } ?? positive)
        return reduction(weight.map { values * $0.detached } ?? values)
    }

    /// - Throws: `ShapeError` if shapes do not fit or a probability is outside 0 ... 1.
    public static func validate(
        _ probability: Tensor, _ target: Tensor, weight: Tensor? = nil
    ) throws(ShapeError) {
        try LossShapes.same(probability.shape, target.shape, "binary_cross_entropy")
        try LossShapes.broadcasts(weight?.shape, to: probability.shape, "binary_cross_entropy")
        let outside = probability.withValues { values in values.first { $0 < 0 || $0 > 1 } }
        if let outside {
            throw ShapeError("[binary_cross_entropy] probabilities lie between 0 and 1, got \(outside)")
        }
    }

    /// - Throws: `ShapeError` if shapes do not fit.
    public static func validateLogits(
        _ logit: [Int], _ target: [Int], weight: [Int]? = nil, positiveWeight: [Int]? = nil
    ) throws(ShapeError) {
        try LossShapes.same(logit, target, "binary_cross_entropy")
        try LossShapes.broadcasts(weight, to: logit, "binary_cross_entropy")
        try LossShapes.broadcasts(positiveWeight, to: logit, "binary_cross_entropy")
    }
}
