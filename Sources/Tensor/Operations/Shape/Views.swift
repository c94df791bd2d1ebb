/// The same elements under another shape.
struct Reshape: Primitive {
    static let name = "reshape"
    /// One size may be -1: what is left for it.
    let shape: [Int]

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let count = Shape.count(inputs[0])
        let known = shape.filter { $0 != -1 }
        var result = shape
        if let open = shape.firstIndex(of: -1), known.count == shape.count - 1 {
            let rest = Shape.count(known)
            guard known.allSatisfy({ $0 >= 0 }), rest > 0, count % rest == 0 else {
                throw ShapeError(
                    "[reshape] \(inputs[0]) has \(count) elements, which leaves no size for -1 in \(shape)")
            }
            result[open] = count / rest
        }
        guard result.allSatisfy({ $0 >= 0 }), Shape.count(result) == count else {
            throw ShapeError("[reshape] \(inputs[0]) has \(count) elements, \(shape) has not")
        }
        return [result]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let plain = inputs[0].contiguous()
        let shape = outputShapes[0]
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

/// Two axes exchanged.
struct SwapAxes: Composite {
    static let name = "swap_axes"
    let first: Int
    let second: Int

    private func order(_ rank: Int) throws(ShapeError) -> [Int] {
        var order = Array(0..<rank)
        order.swapAt(
            try Shape.normalise([first], rank: rank, operation: Self.name)[0],
            try Shape.normalise([second], rank: rank, operation: Self.name)[0])
        return order
    }

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        [try order(inputs[0].count).map { inputs[0][$0] }]
    }

    func compose(_ inputs: [Tensor]) -> [Tensor] {
        [inputs[0].permuted((try? order(inputs[0].rank)) ?? [])]
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

    /// The same elements in row-major order under another shape, of which one size may be -1: what is left for it.
    public func reshaped(_ shape: [Int]) -> Tensor {
        shape == self.shape ? self : apply(Reshape(shape: shape), [self])[0]
    }

    /// The axes in the given order: `x.permuted([0, 2, 1])` swaps the last two of three.
    public func permuted(_ order: [Int]) -> Tensor { apply(Permute(order: order), [self])[0] }

    /// Two axes exchanged (negative ones count from the end).
    public func swappedAxes(_ first: Int, _ second: Int) -> Tensor {
        apply(SwapAxes(first: first, second: second), [self])[0]
    }

    /// The tensor repeated along axes of size 1 and new leading axes.
    public func broadcast(to shape: [Int]) -> Tensor {
        shape == self.shape ? self : apply(Broadcast(shape: shape), [self])[0]
    }

}
