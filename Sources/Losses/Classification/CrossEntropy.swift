import Tensor

/// The cross entropy of logits [..., classes] with classes or with probabilities: -log softmax(logits)[class].
public struct CrossEntropy: Sendable {
    /// How much each class counts, [classes]; default 1.
    public var classWeights: Tensor?
    /// Positions with this class do not count.
    public var ignoredClass: Int?
    /// Share of the target that is spread evenly over all classes, 0 ..< 1 (Szegedy et al. 2016).
    public var labelSmoothing: Float
    public var reduction: Reduction

    public init(
        classWeights: Tensor? = nil, ignoredClass: Int? = nil, labelSmoothing: Float = 0,
        reduction: Reduction = .mean
    ) {
        self.classWeights = classWeights
        self.ignoredClass = ignoredClass
        self.labelSmoothing = labelSmoothing
        self.reduction = reduction
    }

    /// - Parameters:
    ///   - logits: [..., classes]
    ///   - target: the class of each position, [...].
    /// - Returns: the mean weighted by the classes' weights, the sum, or the value of each position. Traps on what
    ///   `validate` refuses.
    public func callAsFunction(_ logits: Tensor, _ target: IndexTensor) -> Tensor {
        LossShapes.orTrap { () throws(ShapeError) in try validate(logits.shape, target) }
        let classes = logits.shape[logits.rank - 1]
        let counts = target.values.map { $0 != ignoredClass }
        let weights = classWeights?.values ?? [Float](repeating: 1, count: classes)
        let known = zip(target.values, counts).map { $1 ? $0 : 0 }
        let ofTarget = zip(known, counts).map { $1 ? weights[$0] : 0 }

        let logProbability = logits.logSoftmax(axis: -1)
        let picked = logProbability.gathered(IndexTensor(known, shape: target.shape + [1]), axis: -1)
        var values = -picked.reshaped(target.shape) * Tensor(ofTarget, shape: target.shape)
        if labelSmoothing > 0 {
            let all = classWeights.map { logProbability * $0.detached } ?? logProbability
            let spread = all.sum(axes: [-1]) * Tensor(counts.map { $0 ? -1 : 0 }, shape: target.shape)
            values = values * (1 - labelSmoothing) + spread * (labelSmoothing / Float(classes))
        }
        return reduction == .mean ? values.sum() * (1 / ofTarget.reduce(0, +)) : reduction(values)
    }

    /// - Parameters:
    ///   - logits: [..., classes]
    ///   - probabilities: of each class at each position, of the same shape; they have no gradient.
    /// - Returns: the mean over positions, the sum, or the value of each position.
    public func callAsFunction(_ logits: Tensor, probabilities: Tensor) -> Tensor {
        LossShapes.orTrap { () throws(ShapeError) in
            try validate(logits.shape, probabilities: probabilities.shape)
        }
        let classes = Float(logits.shape[logits.rank - 1])
        var target = probabilities.detached
        if labelSmoothing > 0 { target = target * (1 - labelSmoothing) + labelSmoothing / classes }
        if let classWeights { target = target * classWeights.detached }
        return reduction(-(logits.logSoftmax(axis: -1) * target).sum(axes: [-1]))
    }

    /// - Throws: `ShapeError` if shapes do not fit, or a class does not exist.
    public func validate(_ logits: [Int], _ target: IndexTensor) throws(ShapeError) {
        try validateSettings(logits)
        guard target.shape == Array(logits.dropLast()) else {
            throw ShapeError(
                "[cross_entropy] targets must be \(Array(logits.dropLast())) for logits \(logits), got "
                    + "\(target.shape)")
        }
        let classes = logits[logits.count - 1]
        for value in target.values where value != ignoredClass && !(0..<classes).contains(value) {
            throw ShapeError("[cross_entropy] class \(value) is outside 0 ..< \(classes)")
        }
    }

    /// - Throws: `ShapeError` if shapes do not fit.
    public func validate(_ logits: [Int], probabilities: [Int]) throws(ShapeError) {
        try validateSettings(logits)
        try LossShapes.same(logits, probabilities, "cross_entropy")
    }

    private func validateSettings(_ logits: [Int]) throws(ShapeError) {
        guard let classes = logits.last, classes > 0 else {
            throw ShapeError("[cross_entropy] logits must be [..., classes], got \(logits)")
        }
        guard classWeights == nil || classWeights?.shape == [classes] else {
            throw ShapeError(
                "[cross_entropy] class weights must be [\(classes)], got \(classWeights?.shape ?? [])")
        }
        guard (0..<1).contains(labelSmoothing) else {
            throw ShapeError("[cross_entropy] label smoothing must be 0 ..< 1, got \(labelSmoothing)")
        }
    }
}
