import Tensor

/// The cosine of the angle between vectors along an axis: <a, b> / (max(|a|, epsilon) max(|b|, epsilon)).
///
/// - Parameters:
///   - a: any shape.
///   - b: a shape that broadcasts with it.
///   - axis: which one holds a vector; negative from the end.
///   - epsilon: smallest length, default 1e-8. The gradient does not see the limit.
/// - Returns: the broadcast shape without the axis.
public func cosineSimilarity(_ a: Tensor, _ b: Tensor, axis: Int = -1, epsilon: Float = 1e-8) -> Tensor {
    // Both get the same axes, so that an axis that counts from the start means the same one.
    let rank = max(1, a.rank, b.rank)
    func widened(_ x: Tensor) -> Tensor {
        x.reshaped([Int](repeating: 1, count: rank - x.rank) + x.shape)
    }
    func unit(_ x: Tensor) -> Tensor {
        let square = x.squared().sum(axes: [axis], keepingAxes: true)
        let length = square.clamped(low: .leastNormalMagnitude).squareRoot()
        let limited = length.detached.clamped(low: epsilon) - length.detached
        return x / (length + limited)
    }
    return (unit(widened(a)) * unit(widened(b))).sum(axes: [axis])
}
