import CKernels

/// Joins tensors along one axis.
struct Concatenate: Primitive {
    static let name = "concatenate"
    let axis: Int
    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard let first = inputs.first, first.indices.contains(axis) else {
            throw ShapeError("[concatenate] axis \(axis) does not exist in \(inputs.first ?? [])")
        }
        var shape = first
        for other in inputs.dropFirst() {
            var expected = first
            expected[axis] = other.indices.contains(axis) ? other[axis] : 0
            guard other == expected else {
                throw ShapeError("[concatenate] shapes \(first) and \(other) differ beyond axis \(axis)")
            }
            shape[axis] += other[axis]
        }
        return [shape]
    }
    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let shape = outputShapes[0]
        let inner = Shape.count(Array(shape[(axis + 1)...]))
        let outer = Shape.count(Array(shape[..<axis]))
        let total = shape[axis] * inner
        let plain = inputs.map { $0.contiguous() }
        return [
            withExtendedLifetime(plain) {
                Tensor(unfilled: shape) { out in
                    ThreadPool.shared.run(outer, grain: max(1, Elementwise.grain / max(1, total))) { range in
                        var start = 0
                        for tensor in plain {
                            let run = tensor.shape[axis] * inner
                            let base = tensor.base
                            ck_copy_rows_bias(
                                base + range.lowerBound * run, run, nil,
                                out + range.lowerBound * total + start, total, range.count, run)
                            start += run
                        }
                    }
                }
            }
        ]
    }
    var retention: Retention { .nothing }
    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let g = pass.cotangent()
        var start = 0
        return pass.inputs.indices.map { index in
            let size = pass.inputs[index].shape[axis]
            defer { start += size }
            return pass.needs[index] ? g.slice(axis: axis, start..<start + size) : nil
        }
    }
}

extension Tensor {
    /// Joins tensors along an axis (negative: from the end); all other sizes must agree.
    public static func concatenate(_ tensors: [Tensor], axis: Int) -> Tensor {
        apply(Concatenate(axis: axis < 0 ? axis + (tensors.first?.rank ?? 0) : axis), tensors)[0]
    }
}
