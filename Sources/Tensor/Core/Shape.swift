/// A shape, axis or size that an operation cannot work with, found before anything is computed.
public struct ShapeError: Error, Equatable, CustomStringConvertible {
    /// One line: the operation in brackets, the rule and the shapes.
    public let description: String

    public init(_ description: String) { self.description = description }
}

/// Arithmetic on shapes and strides.
enum Shape {
    static func count(_ shape: [Int]) -> Int { shape.reduce(1, *) }

    static func rowMajorStrides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in stride(from: shape.count - 2, through: 0, by: -1) {
            strides[axis] = strides[axis + 1] * shape[axis + 1]
        }
        return strides
    }

    static func isRowMajor(_ shape: [Int], _ strides: [Int]) -> Bool {
        var expected = 1
        for axis in stride(from: shape.count - 1, through: 0, by: -1) where shape[axis] != 1 {
            if strides[axis] != expected { return false }
            expected *= shape[axis]
        }
        return true
    }

    /// The shape that two shapes broadcast to: aligned at the last axis, sizes equal or 1.
    static func broadcast(_ a: [Int], _ b: [Int], operation: String) throws(ShapeError) -> [Int] {
        let rank = max(a.count, b.count)
        var result = [Int](repeating: 1, count: rank)
        for axis in 0..<rank {
            let p = axis < rank - a.count ? 1 : a[axis - (rank - a.count)]
            let q = axis < rank - b.count ? 1 : b[axis - (rank - b.count)]
            guard p == q || p == 1 || q == 1 else {
                throw ShapeError(
                    "[\(operation)] shapes \(a) and \(b) do not broadcast: axis \(axis - rank) has \(p) and \(q)"
                )
            }
            result[axis] = p == 1 ? q : p
        }
        return result
    }

    /// Turns axes, which may count from the end, into sorted positive ones.
    static func normalise(_ axes: [Int], rank: Int, operation: String) throws(ShapeError) -> [Int] {
        var result: [Int] = []
        for axis in axes {
            let positive = axis < 0 ? axis + rank : axis
            guard (0..<rank).contains(positive) else {
                throw ShapeError("[\(operation)] axis \(axis) is outside a tensor of \(rank) axes")
            }
            guard !result.contains(positive) else {
                throw ShapeError("[\(operation)] axis \(axis) is named twice")
            }
            result.append(positive)
        }
        return result.sorted()
    }

    /// Merges neighbouring axes that all operands walk through evenly, and drops axes of size 1.
    /// Returns at least one axis.
    static func collapse(_ shape: [Int], _ strides: [[Int]]) -> (shape: [Int], strides: [[Int]]) {
        var sizes: [Int] = []
        var steps = strides.map { _ in [Int]() }
        for axis in shape.indices where shape[axis] != 1 {
            let mergeable =
                !sizes.isEmpty
                && strides.indices.allSatisfy {
                    steps[$0][sizes.count - 1] == strides[$0][axis] * shape[axis]
                }
            if mergeable {
                sizes[sizes.count - 1] *= shape[axis]
                for operand in strides.indices { steps[operand][sizes.count - 1] = strides[operand][axis] }
            } else {
                sizes.append(shape[axis])
                for operand in strides.indices { steps[operand].append(strides[operand][axis]) }
            }
        }
        if sizes.isEmpty { return ([1], strides.map { _ in [1] }) }
        return (sizes, steps)
    }
}
