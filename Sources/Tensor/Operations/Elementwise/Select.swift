import CKernels

/// (a, b) -> a where the mask is true, b elsewhere; all three broadcast.
struct Select: Primitive {
    static let name = "select"
    let mask: Mask

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let both = try Shape.broadcast(inputs[0], inputs[1], operation: Self.name)
        return [try Shape.broadcast(mask.shape, both, operation: Self.name)]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let shape = outputShapes[0]
        let whole = mask.broadcast(to: shape)
        return [
            whole.values.withUnsafeBytes { bytes in
                let choices = bytes.bindMemory(to: UInt8.self)
                return Elementwise.pair(
                    inputs[0].broadcastView(to: shape), inputs[1].broadcastView(to: shape)
                ) { a, b, out, start, count in
                    guard let base = choices.baseAddress else { return }
                    ck_select(base + start, a, b, out, count)
                }
            }
        ]
    }

    var retention: Retention { .nothing }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let g = pass.cotangent()
        return [
            pass.needs[0] ? apply(self, [g, Tensor(0)])[0].summed(to: pass.inputs[0].shape) : nil,
            pass.needs[1] ? apply(self, [Tensor(0), g])[0].summed(to: pass.inputs[1].shape) : nil,
        ]
    }
}

extension Mask {
    /// The mask repeated along axes of size 1 and new leading axes; the shape must be one it broadcasts to.
    func broadcast(to target: [Int]) -> Mask {
        if shape == target { return self }
        let lead = target.count - rank
        let own = Shape.rowMajorStrides(shape)
        let strides = target.indices.map { $0 < lead || shape[$0 - lead] == 1 ? 0 : own[$0 - lead] }
        return Mask(RowMajorWalk.positions(target, strides: strides).map { values[$0] }, shape: target)
    }
}

extension Tensor {
    /// `first` where the mask is true, `second` elsewhere; all three broadcast.
    public static func select(_ mask: Mask, _ first: Tensor, _ second: Tensor) -> Tensor {
        apply(Select(mask: mask), [first, second])[0]
    }

    /// The tensor with `value` where the mask is true; the mask broadcasts.
    public func filled(_ mask: Mask, with value: Float) -> Tensor { Tensor.select(mask, Tensor(value), self) }
}
