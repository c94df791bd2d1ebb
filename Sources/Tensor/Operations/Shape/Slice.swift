/// Every `step`th element of a range of one axis, without copying.
struct Slice: Primitive {
    static let name = "slice"
    let axis: Int
    let range: Range<Int>
    var step = 1

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard inputs[0].indices.contains(axis) else {
            throw ShapeError("[slice] axis \(axis) is outside a tensor of shape \(inputs[0])")
        }
        guard range.lowerBound >= 0, range.upperBound <= inputs[0][axis] else {
            throw ShapeError("[slice] range \(range) is outside axis \(axis) of \(inputs[0])")
        }
        guard step > 0 else { throw ShapeError("[slice] step must be above 0, not \(step)") }
        var shape = inputs[0]
        shape[axis] = (range.count + step - 1) / step
        return [shape]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let input = inputs[0]
        var strides = input.strides
        strides[axis] *= step
        return [
            Tensor(
                storage: input.storage, shape: outputShapes[0], strides: strides,
                offset: input.offset + range.lowerBound * input.strides[axis])
        ]
    }

    var retention: Retention { .nothing }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let size = pass.inputs[0].shape[axis]
        if step > 1 {
            let places = Array(stride(from: range.lowerBound, to: range.upperBound, by: step))
            return [apply(AddAtIndices(axis: axis, indices: places, size: size), [pass.cotangent()])[0]]
        }
        return [
            pass.cotangent().padded(
                axis: axis, before: range.lowerBound, after: size - range.upperBound)
        ]
    }
}

extension Tensor {
    /// Every `step`th element of a range of one axis (a negative axis counts from the end).
    public func slice(axis: Int, _ range: Range<Int>, step: Int = 1) -> Tensor {
        apply(Slice(axis: axis < 0 ? axis + rank : axis, range: range, step: step), [self])[0]
    }
}
