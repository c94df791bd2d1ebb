/// Whole numbers with a shape: class targets, positions to pick, token numbers. They have no gradient.
public struct IndexTensor: Sendable, Hashable {
    /// The elements in row-major order.
    public let values: [Int]
    /// The size of each axis; empty for a single number.
    public let shape: [Int]

    /// Traps if the number of values does not fit the shape.
    public init(_ values: [Int], shape: [Int]) {
        require(
            values.count == Shape.count(shape), "[indices] \(values.count) values do not fill shape \(shape)")
        self.values = values
        self.shape = shape
    }

    /// Numbers along one axis.
    public init(_ values: [Int]) { self.init(values, shape: [values.count]) }

    /// The number of elements.
    public var count: Int { values.count }

    /// The number of axes.
    public var rank: Int { shape.count }

    /// The same numbers under another shape.
    public func reshaped(_ shape: [Int]) -> IndexTensor { IndexTensor(values, shape: shape) }

    /// The axes in the given order, as `Tensor.permuted` does it.
    public func permuted(_ order: [Int]) -> IndexTensor {
        require(
            order.sorted() == Array(shape.indices), "[indices] \(order) is no order of the axes of \(shape)")
        let positions = RowMajorWalk.positions(
            order.map { shape[$0] }, strides: order.map { Shape.rowMajorStrides(shape)[$0] })
        return IndexTensor(positions.map { values[$0] }, shape: order.map { shape[$0] })
    }

    /// Checks that every number lies in 0 ..< size.
    func validate(below size: Int, operation: String) throws(ShapeError) {
        for value in values where value < 0 || value >= size {
            throw ShapeError("[\(operation)] index \(value) is outside 0 ..< \(size)")
        }
    }
}

/// The places in memory that a walk over a strided shape visits.
enum RowMajorWalk {
    static func positions(_ shape: [Int], strides: [Int]) -> [Int] {
        var result = [0]
        for axis in shape.indices {
            var next: [Int] = []
            next.reserveCapacity(result.count * shape[axis])
            for start in result {
                for index in 0..<shape[axis] { next.append(start + index * strides[axis]) }
            }
            result = next
        }
        return result
    }
}
