/// A constant, by default 0, before and after the elements of one axis.
struct Pad: Primitive {
    static let name = "pad"
    let axis: Int
    let before: Int
    let after: Int
    var value: Float = 0

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
                        to.update(repeating: value, count: before * inner)
                        (to + before * inner).update(from: plain.base + block * run, count: run)
                        (to + before * inner + run).update(repeating: value, count: after * inner)
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

extension Tensor {
    /// The tensor with zeros before and after along one axis.
    public func padded(axis: Int, before: Int, after: Int) -> Tensor {
        if before == 0 && after == 0 { return self }
        return apply(Pad(axis: axis < 0 ? axis + rank : axis, before: before, after: after), [self])[0]
    }
}
