/// A tensor that training changes: an identity with a current value.
///
/// Inside `Tape.record(watching:)` reading `tensor` gives a tensor whose gradient is wanted if the
/// parameter is among the watched ones, and a constant otherwise.
public final class Parameter {
    /// The current value. Assigning a different shape traps.
    public var value: Tensor {
        didSet {
            require(
                value.shape == oldValue.shape,
                "[parameter] new value has shape \(value.shape), parameter has \(oldValue.shape)")
        }
    }

    public init(_ value: Tensor) { self.value = value.detached }

    public var shape: [Int] { value.shape }

    /// The value as the current tape sees it.
    public var tensor: Tensor { Tape.current?.traced(self) ?? value }

    /// Lets `body` overwrite the elements in place; copies them first if another tensor shares them.
    public func update(_ body: (UnsafeMutableBufferPointer<Float>) -> Void) {
        var plain = value.contiguous().detached
        let shape = plain.shape
        value = Tensor.zeros([0]).reshapedForSwap(to: shape)
        if !isKnownUniquelyReferenced(&plain.storage) || plain.offset != 0 {
            let original = plain
            plain = Tensor(unfilled: shape) { $0.update(from: original.base, count: original.count) }
        }
        body(UnsafeMutableBufferPointer(start: plain.storage.pointer, count: plain.count))
        value = plain
    }
}

extension Tensor {
    /// A stand-in without data while a parameter's value is being rewritten.
    fileprivate func reshapedForSwap(to shape: [Int]) -> Tensor {
        Tensor(storage: .hollow, shape: shape, strides: Shape.rowMajorStrides(shape))
    }
}
