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
    // Vectors are as long as they are once broadcast.
    let shape = broadcastShape(a.rank == 0 ? [1] : a.shape, b.rank == 0 ? [1] : b.shape)
    func unit(_ x: Tensor) -> Tensor {
        let square = x.squared().sum(axes: [axis], keepingAxes: true)
        let length = square.clamped(low: .leastNormalMagnitude).squareRoot()
        let limited = length.detached.clamped(low: epsilon) - length.detached
        return x / (length + limited)
    }
    return (unit(a.broadcast(to: shape)) * unit(b.broadcast(to: shape))).sum(axes: [axis])
}

/// The shape that both broadcast to; traps where there is none.
private func broadcastShape(_ a: [Int], _ b: [Int]) -> [Int] {
    let rank = max(a.count, b.count)
    let (p, q) = (
        [Int](repeating: 1, count: rank - a.count) + a, [Int](repeating: 1, count: rank - b.count) + b
    )
    require(
        zip(p, q).allSatisfy { $0 == $1 || $0 == 1 || $1 == 1 },
        "[cosine_similarity] shapes \(a) and \(b) do not broadcast")
    return zip(p, q).map { $0 == 1 ? $1 : $0 }
}
