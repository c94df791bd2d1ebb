/// A constant, by default 0, before and after the elements of one axis; a negative number takes elements away.
struct Pad: Primitive {
    static let name = "pad"
    let axis: Int
    let before: Int
    let after: Int
    var value: Float = 0

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        try Self.validate(inputs[0], axis: axis, before: before, after: after, operation: Self.name)
        var shape = inputs[0]
        shape[axis] += before + after
        return [shape]
    }

    /// Checks that there is such an axis, with as many elements as are taken away.
    static func validate(
        _ shape: [Int], axis: Int, before: Int, after: Int, operation: String
    ) throws(ShapeError) {
        guard shape.indices.contains(axis) else {
            throw ShapeError("[\(operation)] axis \(axis) is outside a tensor of shape \(shape)")
        }
        guard max(0, -before) + max(0, -after) <= shape[axis] else {
            throw ShapeError(
                "[\(operation)] \(before) before and \(after) after take more than the \(shape[axis]) elements of "
                    + "axis \(axis) of \(shape)")
        }
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let plain = inputs[0].contiguous()
        let inner = Shape.count(Array(plain.shape[(axis + 1)...]))
        let outer = Shape.count(Array(plain.shape[..<axis]))
        let (size, total) = (plain.shape[axis] * inner, outputShapes[0][axis] * inner)
        let (skipped, filled) = (max(0, -before) * inner, max(0, before) * inner)
        let run = size - skipped - max(0, -after) * inner
        return [
            withExtendedLifetime(plain.storage) {
                Tensor(unfilled: outputShapes[0]) { out in
                    for block in 0..<outer {
                        let to = out + block * total
                        to.update(repeating: value, count: filled)
                        (to + filled).update(from: plain.base + block * size + skipped, count: run)
                        (to + filled + run).update(repeating: value, count: total - filled - run)
                    }
                }
            }
        ]
    }
    var retention: Retention { .nothing }
    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let g = pass.cotangent()
        if before >= 0 && after >= 0 {
            return [g.slice(axis: axis, before..<before + pass.inputs[0].shape[axis])]
        }
        return [apply(Pad(axis: axis, before: -before, after: -after), [g])[0]]
    }
}

extension Tensor {
    /// The tensor with zeros before and after along one axis, or with fewer elements where a number is negative.
    public func padded(axis: Int, before: Int, after: Int) -> Tensor {
        if before == 0 && after == 0 { return self }
        return apply(Pad(axis: axis < 0 ? axis + rank : axis, before: before, after: after), [self])[0]
    }
}
