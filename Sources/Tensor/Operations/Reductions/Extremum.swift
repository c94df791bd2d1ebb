import CKernels

/// The largest or smallest element over some axes, which stay as axes of size 1. Elements that share the extreme
/// value share its gradient.
struct Extremum: Primitive {
    static let name = "extremum"
    let axes: [Int]
    /// Whether the largest is wanted.
    let isMaximum: Bool

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let reduced = try Shape.normalise(axes, rank: inputs[0].count, operation: Self.name)
        for axis in reduced where inputs[0][axis] == 0 {
            throw ShapeError("[extremum] axis \(axis) of \(inputs[0]) is empty: there is no extreme element")
        }
        return [inputs[0].indices.map { reduced.contains($0) ? 1 : inputs[0][$0] }]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let rows = ReducedRows(inputs[0], axes: axes)
        return [
            rows.reduce(to: outputShapes[0]) { x, y, count, columns in
                if isMaximum {
                    ck_row_maximum(x, y, count, columns)
                } else {
                    ck_row_minimum(x, y, count, columns)
                }
            }
        ]
    }

    var retention: Retention { .inputs(0).and(.outputs(0)) }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let isExtreme = Tensor.equal(pass.inputs[0], pass.outputs[0]).detached
        let share = isExtreme / isExtreme.sum(axes: axes, keepingAxes: true)
        return [pass.cotangent() * share]
    }
}

/// A tensor with its reduced axes behind the others, as rows that are each reduced to one element.
struct ReducedRows {
    let plain: Tensor
    let rows: Int
    let columns: Int

    /// - Parameter axes: checked ones; negative ones count from the end.
    init(_ tensor: Tensor, axes: [Int]) {
        let reduced = axes.map { $0 < 0 ? $0 + tensor.rank : $0 }.sorted()
        let kept = tensor.shape.indices.filter { !reduced.contains($0) }
        plain = tensor.detached.permutedView(kept + reduced).contiguous()
        columns = reduced.reduce(1) { $0 * tensor.shape[$1] }
        rows = kept.reduce(1) { $0 * tensor.shape[$1] }
    }

    /// - Parameter kernel: reads rows and writes one element for each: (from, to, rows, columns).
    func reduce(
        to shape: [Int],
        _ kernel: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int, Int) -> Void
    ) -> Tensor {
        withExtendedLifetime(plain.storage) {
            Tensor(unfilled: shape) { out in
                let base = plain.base
                ThreadPool.shared.run(rows, grain: max(1, Elementwise.grain / max(1, columns))) { range in
                    kernel(
                        base + range.lowerBound * columns, out + range.lowerBound, range.count, columns)
                }
            }
        }
    }
}

extension Tensor {
    private func extremum(_ axes: [Int]?, _ keepingAxes: Bool, isMaximum: Bool) -> Tensor {
        let all = axes ?? Array(shape.indices)
        let result = apply(Extremum(axes: all, isMaximum: isMaximum), [self])[0]
        return keepingAxes ? result : result.droppingAxes(all)
    }

    /// The largest element of all, or over the given axes; ties share the gradient.
    /// - Parameter keepingAxes: whether reduced axes stay, with size 1.
    public func maximum(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
        extremum(axes, keepingAxes, isMaximum: true)
    }

    /// The smallest element of all, or over the given axes; ties share the gradient.
    public func minimum(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
        extremum(axes, keepingAxes, isMaximum: false)
    }

    /// The tensor without the given axes, each of size 1.
    func droppingAxes(_ axes: [Int]) -> Tensor {
        let dropped = axes.map { $0 < 0 ? $0 + rank : $0 }
        return reshaped(shape.indices.filter { !dropped.contains($0) }.map { shape[$0] })
    }
}
