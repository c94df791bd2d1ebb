import CKernels

/// Applies a sparse linear map to one axis: mean pooling and interpolation are such maps, one axis after the
/// other.
struct AxisResampling: Primitive {
    static let name = "axis_resampling"
    let axis: Int
    let map: SparseRows

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard inputs[0].indices.contains(axis), inputs[0][axis] == map.inputSize else {
            throw ShapeError("[axis_resampling] axis \(axis) of \(inputs[0]) must have size \(map.inputSize)")
        }
        var shape = inputs[0]
        shape[axis] = map.outputSize
        return [shape]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let x = inputs[0].contiguous()
        let shape = outputShapes[0]
        let inner = Shape.count(Array(shape[(axis + 1)...]))
        let outer = Shape.count(Array(shape[..<axis]))
        let (from, to) = (map.inputSize * inner, map.outputSize * inner)
        return [
            withExtendedLifetime(x.storage) {
                Tensor(unfilled: shape) { out in
                    let base = x.base
                    let grain = max(1, Elementwise.grain / max(1, inner))
                    let pieces = (map.outputSize + grain - 1) / grain
                    ThreadPool.shared.run(outer * pieces) { index in
                        let (block, piece) = (index / pieces, index % pieces)
                        let rows = piece * grain..<min(map.outputSize, (piece + 1) * grain)
                        ck_sparse_rows(
                            base + block * from, inner, map.starts, map.indices, map.weights,
                            rows.lowerBound, rows.count, out + block * to)
                    }
                }
            }
        ]
    }

    var retention: Retention { .nothing }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        [apply(AxisResampling(axis: axis, map: map.transposed), [pass.cotangent()])[0]]
    }
}
