/// The variance, or its root, over some axes, which stay as axes of size 1:
/// sum (x - mean)² / (count - correction).
struct Variance: Composite {
    static let name = "variance"
    let axes: [Int]
    /// 1 for the estimate from a sample, 0 for a whole population.
    let correction: Int
    /// Whether the root is wanted; its gradient where nothing varies is 0.
    var isDeviation = false

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let reduced = try Shape.normalise(axes, rank: inputs[0].count, operation: Self.name)
        return [inputs[0].indices.map { reduced.contains($0) ? 1 : inputs[0][$0] }]
    }

    func compose(_ inputs: [Tensor]) -> [Tensor] {
        let x = inputs[0]
        let size = axes.reduce(1) { $0 * x.shape[$1 < 0 ? $1 + x.rank : $1] }
        let centred = x - x.mean(axes: axes, keepingAxes: true)
        // Too few elements give 0 / 0, as any mean of nothing.
        let degrees = Float(max(0, size - correction))
        let variance = centred.squared().sum(axes: axes, keepingAxes: true) * (1 / degrees)
        guard isDeviation else { return [variance] }
        let isConstant = variance.detached.mask { $0 == 0 }
        let root = Tensor.select(isConstant, Tensor(1), variance).squareRoot()
        return [Tensor.select(isConstant, Tensor(0), root)]
    }
}

extension Tensor {
    private func spread(_ variance: Variance, keepingAxes: Bool) -> Tensor {
        let result = apply(variance, [self])[0]
        return keepingAxes ? result : result.droppingAxes(variance.axes)
    }

    /// The variance of all elements, or over the given axes.
    /// - Parameter correction: taken off the count of elements; default 1, the estimate from a sample.
    public func variance(axes: [Int]? = nil, correction: Int = 1, keepingAxes: Bool = false) -> Tensor {
        spread(
            Variance(axes: axes ?? Array(shape.indices), correction: correction), keepingAxes: keepingAxes)
    }

    /// The root of `variance`, whose gradient is 0 where nothing varies.
    public func standardDeviation(
        axes: [Int]? = nil, correction: Int = 1, keepingAxes: Bool = false
    ) -> Tensor {
        spread(
            Variance(axes: axes ?? Array(shape.indices), correction: correction, isDeviation: true),
            keepingAxes: keepingAxes)
    }
}
