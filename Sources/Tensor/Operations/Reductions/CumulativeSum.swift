import CKernels

/// The sum of the elements up to each one of the last axis, or from each one on.
struct CumulativeSum: Primitive {
    static let name = "cumulative_sum"
    var isReversed = false

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard !inputs[0].isEmpty else {
            throw ShapeError("[cumulative_sum] needs an axis, its operand is a scalar")
        }
        return [inputs[0]]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        [
            LastAxis.map(inputs[0]) { x, y, rows, columns in
                ck_cumulative_sum(x, y, rows, columns, isReversed ? 1 : 0)
            }
        ]
    }

    var retention: Retention { .nothing }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        [apply(CumulativeSum(isReversed: !isReversed), [pass.cotangent()])[0]]
    }
}

extension Tensor {
    /// The sum of the elements up to each one along an axis (negative: from the end).
    public func cumulativeSum(axis: Int) -> Tensor {
        apply(AlongAxis(axis: axis, body: CumulativeSum()), [self])[0]
    }
}
