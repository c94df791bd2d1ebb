/// Truth values with a shape: which elements an operation takes. They have no gradient.
public struct Mask: Sendable, Hashable {
    /// The elements in row-major order.
    public let values: [Bool]
    /// The size of each axis; empty for a single value.
    public let shape: [Int]

    /// Traps if the number of values does not fit the shape.
    public init(_ values: [Bool], shape: [Int]) {
        require(
            values.count == Shape.count(shape), "[mask] \(values.count) values do not fill shape \(shape)")
        self.values = values
        self.shape = shape
    }

    /// The number of elements.
    public var count: Int { values.count }

    /// The number of axes.
    public var rank: Int { shape.count }

    /// True where this one is false.
    public var inverted: Mask { Mask(values.map { !$0 }, shape: shape) }

    /// The same values under another shape.
    public func reshaped(_ shape: [Int]) -> Mask { Mask(values, shape: shape) }

    /// The axes in the given order, as `Tensor.permuted` does it.
    public func permuted(_ order: [Int]) -> Mask {
        require(order.sorted() == Array(shape.indices), "[mask] \(order) is no order of the axes of \(shape)")
        let positions = RowMajorWalk.positions(
            order.map { shape[$0] }, strides: order.map { Shape.rowMajorStrides(shape)[$0] })
        return Mask(positions.map { values[$0] }, shape: order.map { shape[$0] })
    }

    /// 1 where true, 0 where false.
    public var tensor: Tensor { Tensor(values.map { $0 ? 1 : 0 }, shape: shape) }
}

extension Tensor {
    /// The elements for which `condition` holds.
    public func mask(_ condition: (Float) -> Bool) -> Mask {
        withValues { Mask($0.map(condition), shape: shape) }
    }
}
