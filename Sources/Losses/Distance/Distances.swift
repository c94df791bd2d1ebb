import Tensor

/// mean |estimate - target| over all elements.
public func meanAbsoluteError(_ estimate: Tensor, _ target: Tensor) -> Tensor {
    requireSameShape(estimate, target, "mean_absolute_error")
    return (estimate - target).absolute().mean()
}

/// mean (estimate - target)² over all elements.
public func meanSquaredError(_ estimate: Tensor, _ target: Tensor) -> Tensor {
    requireSameShape(estimate, target, "mean_squared_error")
    return (estimate - target).squared().mean()
}

/// A loss never broadcasts: a forgotten axis would go unnoticed.
func requireSameShape(_ estimate: Tensor, _ target: Tensor, _ loss: String) {
    LossShapes.orTrap { () throws(ShapeError) in try LossShapes.same(estimate.shape, target.shape, loss) }
}

/// Distances of an estimate to a target of the same shape, element by element.
public enum Distance: Sendable, Hashable {
    /// |d|
    case absolute
    /// d²
    case squared
    /// d² / 2 up to `delta`, delta (|d| - delta / 2) beyond (Huber 1964); delta > 0.
    case huber(delta: Float)
    /// d² / (2 beta) up to `beta`, |d| - beta / 2 beyond (Girshick 2015); beta >= 0, and 0 is |d|.
    case smoothAbsolute(beta: Float)

    /// - Parameters:
    ///   - estimate: any shape.
    ///   - target: of the same shape.
    ///   - reduction: default the mean over all elements.
    /// - Returns: a scalar, or the distances without a reduction. Traps on what `validate` refuses.
    public func callAsFunction(
        _ estimate: Tensor, _ target: Tensor, reduction: Reduction = .mean
    ) -> Tensor {
        LossShapes.orTrap { () throws(ShapeError) in try validate(estimate.shape, target.shape) }
        let difference = estimate - target
        return switch self {
        case .absolute, .smoothAbsolute(beta: 0): reduction(difference.absolute())
        case .squared: reduction(difference.squared())
        case .huber(let delta): reduction(Self.huber(difference, delta))
        case .smoothAbsolute(let beta): reduction(Self.huber(difference, beta) * (1 / beta))
        }
    }

    private static func huber(_ difference: Tensor, _ delta: Float) -> Tensor {
        let size = difference.absolute()
        let inner = size.clamped(high: delta)
        return inner.squared() * 0.5 + (size - inner) * delta
    }

    /// - Throws: `ShapeError` if the shapes differ or the setting is out of range.
    public func validate(_ estimate: [Int], _ target: [Int]) throws(ShapeError) {
        switch self {
        case .huber(let delta) where !(delta > 0):
            throw ShapeError("[huber] delta must be greater than 0, got \(delta)")
        case .smoothAbsolute(let beta) where !(beta >= 0):
            throw ShapeError("[smooth_absolute] beta must be 0 or more, got \(beta)")
        default: try LossShapes.same(estimate, target, "distance")
        }
    }
}
