/// Elements of one axis at given positions, in their order; a position may come several times or never.
struct TakeAtIndices: Primitive {
    static let name = "take_at_indices"
    let axis: Int
    let indices: [Int]

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard inputs[0].indices.contains(axis) else {
            throw ShapeError("[take_at_indices] axis \(axis) is outside a tensor of shape \(inputs[0])")
        }
        for index in indices where index < 0 || index >= inputs[0][axis] {
            throw ShapeError("[take_at_indices] index \(index) is outside axis \(axis) of \(inputs[0])")
        }
        var shape = inputs[0]
        shape[axis] = indices.count
        return [shape]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let plain = inputs[0].contiguous()
        let blocks = AxisBlocks(plain.shape, axis: axis)
        return [
            withExtendedLifetime(plain.storage) {
                Tensor(unfilled: outputShapes[0]) { out in
                    let base = plain.base
                    ThreadPool.shared.run(blocks.outer, grain: blocks.grain(indices.count)) { range in
                        for block in range {
                            let from = base + block * blocks.size * blocks.inner
                            let to = out + block * indices.count * blocks.inner
                            for (position, index) in indices.enumerated() {
                                if blocks.inner == 1 {
                                    to[position] = from[index]
                                } else {
                                    (to + position * blocks.inner).update(
                                        from: from + index * blocks.inner, count: blocks.inner)
                                }
                            }
                        }
                    }
                }
            }
        ]
    }

    var retention: Retention { .nothing }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let size = pass.inputs[0].shape[axis]
        return [apply(AddAtIndices(axis: axis, indices: indices, size: size), [pass.cotangent()])[0]]
    }
}

/// The transpose of `TakeAtIndices`: zeros of `size` along the axis, to which each element is added at its position.
struct AddAtIndices: Primitive {
    static let name = "add_at_indices"
    let axis: Int
    let indices: [Int]
    let size: Int

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard inputs[0].indices.contains(axis), inputs[0][axis] == indices.count else {
            throw ShapeError(
                "[add_at_indices] \(indices.count) positions do not fit axis \(axis) of \(inputs[0])")
        }
        for index in indices where index < 0 || index >= size {
            throw ShapeError("[add_at_indices] index \(index) is outside 0 ..< \(size)")
        }
        var shape = inputs[0]
        shape[axis] = size
        return [shape]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let plain = inputs[0].contiguous()
        let blocks = AxisBlocks(outputShapes[0], axis: axis)
        return [
            withExtendedLifetime(plain.storage) {
                Tensor(unfilled: outputShapes[0]) { out in
                    let base = plain.base
                    ThreadPool.shared.run(blocks.outer, grain: blocks.grain(indices.count + size)) { range in
                        for block in range {
                            let from = base + block * indices.count * blocks.inner
                            let to = out + block * size * blocks.inner
                            to.update(repeating: 0, count: size * blocks.inner)
                            for (position, index) in indices.enumerated() {
                                let source = from + position * blocks.inner
                                let target = to + index * blocks.inner
                                for i in 0..<blocks.inner { target[i] += source[i] }
                            }
                        }
                    }
                }
            }
        ]
    }

    var retention: Retention { .nothing }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        [apply(TakeAtIndices(axis: axis, indices: indices), [pass.cotangent()])[0]]
    }
}

/// A row-major shape seen as [outer, size, inner] around one axis.
struct AxisBlocks {
    let outer: Int
    let size: Int
    let inner: Int

    init(_ shape: [Int], axis: Int) {
        outer = Shape.count(Array(shape[..<axis]))
        size = shape[axis]
        inner = Shape.count(Array(shape[(axis + 1)...]))
    }

    /// Blocks per piece of a parallel loop that moves `count` elements of the axis for each.
    func grain(_ count: Int) -> Int { max(1, Elementwise.grain / max(1, count * inner)) }
}

extension Tensor {
    /// Elements of one axis (negative: from the end) at given positions, in their order.
    public func taking(_ indices: [Int], axis: Int) -> Tensor {
        apply(TakeAtIndices(axis: axis < 0 ? axis + rank : axis, indices: indices), [self])[0]
    }
}
