import CKernels

/// The same elements under another shape.
struct Reshape: Primitive {
    static let name = "reshape"
    let shape: [Int]
    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard Shape.count(shape) == Shape.count(inputs[0]), shape.allSatisfy({ $0 >= 0 }) else {
            throw ShapeError(
                "[reshape] \(inputs[0]) has \(Shape.count(inputs[0])) elements, \(shape) has not")
        }
        return [shape]
    }
    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let plain = inputs[0].contiguous()
        return [
            Tensor(
                storage: plain.storage, shape: shape, strides: Shape.rowMajorStrides(shape),
                offset: plain.offset)
        ]
    }
    var retention: Retention { .nothing }
    func cotangents(_ pass: BackwardPass) -> [Tensor?] { [pass.cotangent().reshaped(pass.inputs[0].shape)] }
}

/// The axes in another order.
struct Permute: Primitive {
    static let name = "permute"
    let order: [Int]
    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard order.sorted() == Array(inputs[0].indices) else {
            throw ShapeError("[permute] \(order) is no order of the \(inputs[0].count) axes of \(inputs[0])")
        }
        return [order.map { inputs[0][$0] }]
    }
    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] { [inputs[0].permutedView(order)] }
    var retention: Retention { .nothing }
    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        var inverse = order
        for (position, axis) in order.enumerated() { inverse[axis] = position }
        return [pass.cotangent().permuted(inverse)]
    }
}

/// Repeats axes of size 1, and new leading axes, without copying.
struct Broadcast: Primitive {
    static let name = "broadcast"
    let shape: [Int]
    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard try Shape.broadcast(inputs[0], shape, operation: Self.name) == shape else {
            throw ShapeError("[broadcast] shape \(inputs[0]) does not broadcast to \(shape)")
        }
        return [shape]
    }
    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        [inputs[0].broadcastView(to: shape)]
    }
    var retention: Retention { .nothing }
    func cotangents(_ pass: BackwardPass) -> [Tensor?] { [pass.cotangent().summed(to: pass.inputs[0].shape)] }
}

/// A range of one axis.
struct Slice: Primitive {
    static let name = "slice"
    let axis: Int
    let range: Range<Int>
    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard inputs[0].indices.contains(axis) else {
            throw ShapeError("[slice] axis \(axis) is outside a tensor of shape \(inputs[0])")
        }
        guard range.lowerBound >= 0, range.upperBound <= inputs[0][axis] else {
            throw ShapeError("[slice] range \(range) is outside axis \(axis) of \(inputs[0])")
        }
        var shape = inputs[0]
        shape[axis] = range.count
        return [shape]
    }
    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let input = inputs[0]
        return [
            Tensor(
                storage: input.storage, shape: outputShapes[0], strides: input.strides,
                offset: input.offset + range.lowerBound * input.strides[axis])
        ]
    }
    var retention: Retention { .nothing }
    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let size = pass.inputs[0].shape[axis]
        return [
            pass.cotangent().padded(
                axis: axis, before: range.lowerBound, after: size - range.upperBound)
        ]
    }
}

/// Zeros before and after the elements of one axis.
struct Pad: Primitive {
    static let name = "pad"
    let axis: Int
    let before: Int
    let after: Int
    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard inputs[0].indices.contains(axis), before >= 0, after >= 0 else {
            throw ShapeError(
                "[pad] \(before) before and \(after) after do not fit axis \(axis) of \(inputs[0])")
        }
        var shape = inputs[0]
        shape[axis] += before + after
        return [shape]
    }
    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let plain = inputs[0].contiguous()
        let inner = Shape.count(Array(plain.shape[(axis + 1)...]))
        let outer = Shape.count(Array(plain.shape[..<axis]))
        let run = plain.shape[axis] * inner
        let total = outputShapes[0][axis] * inner
        return [
            withExtendedLifetime(plain.storage) {
                Tensor(unfilled: outputShapes[0]) { out in
                    for block in 0..<outer {
                        let to = out + block * total
                        to.update(repeating: 0, count: before * inner)
                        (to + before * inner).update(from: plain.base + block * run, count: run)
                        (to + before * inner + run).update(repeating: 0, count: after * inner)
                    }
                }
            }
        ]
    }
    var retention: Retention { .nothing }
    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        [pass.cotangent().slice(axis: axis, before..<before + pass.inputs[0].shape[axis])]
    }
}

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
    func permutedView(_ order: [Int]) -> Tensor {
        Tensor(
            storage: storage, shape: order.map { shape[$0] }, strides: order.map { strides[$0] },
            offset: offset, trace: trace)
    }

    func broadcastView(to target: [Int]) -> Tensor {
        let lead = target.count - rank
        let steps = target.indices.map { axis in
            axis < lead || (shape[axis - lead] == 1 && target[axis] != 1) ? 0 : strides[axis - lead]
        }
        return Tensor(storage: storage, shape: target, strides: steps, offset: offset)
    }

    /// The same elements in row-major order under another shape.
    public func reshaped(_ shape: [Int]) -> Tensor {
        shape == self.shape ? self : apply(Reshape(shape: shape), [self])[0]
    }

    /// The axes in the given order: `x.permuted([0, 2, 1])` swaps the last two of three.
    public func permuted(_ order: [Int]) -> Tensor { apply(Permute(order: order), [self])[0] }

    /// The tensor repeated along axes of size 1 and new leading axes.
    public func broadcast(to shape: [Int]) -> Tensor {
        shape == self.shape ? self : apply(Broadcast(shape: shape), [self])[0]
    }

    /// A range of one axis (a negative axis counts from the end).
    public func slice(axis: Int, _ range: Range<Int>) -> Tensor {
        apply(Slice(axis: axis < 0 ? axis + rank : axis, range: range), [self])[0]
    }

    /// The tensor with zeros before and after along one axis.
    public func padded(axis: Int, before: Int, after: Int) -> Tensor {
        if before == 0 && after == 0 { return self }
        return apply(Pad(axis: axis < 0 ? axis + rank : axis, before: before, after: after), [self])[0]
    }

    /// Joins tensors along an axis (negative: from the end); all other sizes must agree.
    public static func concatenate(_ tensors: [Tensor], axis: Int) -> Tensor {
        apply(Concatenate(axis: axis < 0 ? axis + (tensors.first?.rank ?? 0) : axis), tensors)[0]
    }
}
