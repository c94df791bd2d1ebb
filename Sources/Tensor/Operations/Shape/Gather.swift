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

    /// Calls `body` with the lines along the last axis of the index: the range of its numbers, where the line starts
    /// in a row-major tensor of the shape if all its numbers are 0, and how far one number and one place of the line
    /// are worth there. On several threads, but if `inOrder` lines with one place along the axes before `axis` follow each
    /// other on one.
    static func overLines(
        _ index: IndexTensor, _ axis: Int, _ shape: [Int], inOrder: Bool,
        _ body: (_ line: Range<Int>, _ start: Int, _ number: Int, _ place: Int) -> Void
    ) {
        let length = index.shape.last ?? 1
        guard index.count > 0 else { return }
        let strides = Shape.rowMajorStrides(shape)
        let outer = inOrder ? Shape.count(Array(index.shape[..<axis])) : index.count / length
        let lines = index.count / length / outer
        let grain = max(1, Elementwise.grain / max(1, lines * length))
        ThreadPool.shared.run(outer, grain: grain) { range in
            for line in range.lowerBound * lines..<range.upperBound * lines {
                var (rest, start) = (line, 0)
                for other in shape.indices.dropLast().reversed() {
                    if other != axis { start += rest % index.shape[other] * strides[other] }
                    rest /= index.shape[other]
                }
                body(
                    line * length..<(line + 1) * length, start, strides[axis],
                    axis == shape.count - 1 ? 0 : 1)
            }
        }
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let plain = inputs[0].contiguous()
        return [
            withExtendedLifetime(plain.storage) {
                Tensor(unfilled: index.shape) { out in
                    let base = plain.base
                    index.values.withUnsafeBufferPointer { numbers in
                        Self.overLines(index, axis, plain.shape, inOrder: false) {
                            line, start, number, place in
                            for (i, at) in line.enumerated() {
                                out[at] = base[start + numbers[at] * number + i * place]
                            }
                        }
                    }
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
        return [
            withExtendedLifetime(plain.storage) {
                Tensor(unfilled: shape) { out in
                    out.update(repeating: 0, count: Shape.count(shape))
                    let base = plain.base
                    index.values.withUnsafeBufferPointer { numbers in
                        // Numbers of one place along the axes before `axis` may name one element; no others do.
                        Gather.overLines(index, axis, shape, inOrder: true) { line, start, number, place in
                            for (i, at) in line.enumerated() {
                                out[start + numbers[at] * number + i * place] += base[at]
                            }
                        }
                    }
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
