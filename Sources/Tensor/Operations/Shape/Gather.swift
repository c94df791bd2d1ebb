/// One element of an axis for each index: y[i, j, k] = x[i, index[i, j, k], k] for axis 1 of three. Other axes of the
/// index may be shorter than those of x.
struct Gather: Primitive {
    static let name = "gather"
    let axis: Int
    let index: IndexTensor

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        try Self.validate(index, axis, inputs[0], operation: Self.name)
        return [index.shape]
    }

    static func validate(
        _ index: IndexTensor, _ axis: Int, _ shape: [Int], operation: String
    ) throws(ShapeError) {
        guard index.rank == shape.count, shape.indices.contains(axis) else {
            throw ShapeError(
                "[\(operation)] index \(index.shape) and operand \(shape) need as many axes, axis \(axis) among them"
            )
        }
        for other in shape.indices where other != axis && index.shape[other] > shape[other] {
            throw ShapeError(
                "[\(operation)] index \(index.shape) is longer than operand \(shape) along axis \(other)")
        }
        try index.validate(below: shape[axis], operation: operation)
    }

    /// Where in a row-major tensor of the shape the index points.
    static func positions(_ index: IndexTensor, _ axis: Int, _ shape: [Int]) -> [Int] {
        var strides = Shape.rowMajorStrides(shape)
        let step = strides[axis]
        strides[axis] = 0
        var positions = RowMajorWalk.positions(index.shape, strides: strides)
        for (place, value) in index.values.enumerated() { positions[place] += value * step }
        return positions
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let plain = inputs[0].contiguous()
        let positions = Self.positions(index, axis, plain.shape)
        return [
            withExtendedLifetime(plain.storage) {
                Tensor(unfilled: index.shape) { out in
                    let base = plain.base
                    for (place, position) in positions.enumerated() { out[place] = base[position] }
                }
            }
        ]
    }

    var retention: Retention { .nothing }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        [apply(Scatter(axis: axis, index: index, shape: pass.inputs[0].shape), [pass.cotangent()])[0]]
    }
}

/// The transpose of `Gather`: zeros of the given shape, to which each element is added where its index points.
struct Scatter: Primitive {
    static let name = "scatter"
    let axis: Int
    let index: IndexTensor
    let shape: [Int]

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard inputs[0] == index.shape else {
            throw ShapeError("[scatter] operand \(inputs[0]) and index \(index.shape) need one shape")
        }
        try Gather.validate(index, axis, shape, operation: Self.name)
        return [shape]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let plain = inputs[0].contiguous()
        let positions = Gather.positions(index, axis, shape)
        return [
            withExtendedLifetime(plain.storage) {
                Tensor(unfilled: shape) { out in
                    out.update(repeating: 0, count: Shape.count(shape))
                    let base = plain.base
                    for (place, position) in positions.enumerated() { out[position] += base[place] }
                }
            }
        ]
    }

    var retention: Retention { .nothing }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        [apply(Gather(axis: axis, index: index), [pass.cotangent()])[0]]
    }
}

extension Tensor {
    /// One element of an axis (negative: from the end) for each index.
    public func gathered(_ index: IndexTensor, axis: Int) -> Tensor {
        apply(Gather(axis: axis < 0 ? axis + rank : axis, index: index), [self])[0]
    }
}
