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
    require(
        estimate.shape == target.shape,
        "[\(loss)] estimate and target must have one shape, got \(estimate.shape) and \(target.shape)")
}
