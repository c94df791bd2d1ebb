/// The elements of some axes in reverse.
struct Flip: Composite {
    static let name = "flip"
    let axes: [Int]

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        _ = try Shape.normalise(axes, rank: inputs[0].count, operation: Self.name)
        return [inputs[0]]
    }

    func compose(_ inputs: [Tensor]) -> [Tensor] {
        [
            axes.reduce(inputs[0]) { x, axis in
                x.taking((0..<x.shape[axis < 0 ? axis + x.rank : axis]).reversed(), axis: axis)
            }
        ]
    }
}

/// The elements moved along some axes, those that leave at one end coming in at the other; without axes, along the
/// row-major order of all.
struct Roll: Composite {
    static let name = "roll"
    /// How far towards the end; one for each axis.
    let shifts: [Int]
    let axes: [Int]?

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard shifts.count == axes?.count ?? 1, !shifts.isEmpty else {
            throw ShapeError("[roll] needs one shift for each axis, got shifts \(shifts), axes \(axes ?? [])")
        }
        // An axis may come twice: it then moves twice.
        for axis in axes ?? [] {
            _ = try Shape.normalise([axis], rank: inputs[0].count, operation: Self.name)
        }
        return [inputs[0]]
    }

    func compose(_ inputs: [Tensor]) -> [Tensor] {
        let x = inputs[0]
        guard let axes else {
            return [Self.rolled(x.reshaped([x.count]), by: shifts[0], axis: 0).reshaped(x.shape)]
        }
        return [zip(axes, shifts).reduce(x) { Self.rolled($0, by: $1.1, axis: $1.0) }]
    }

    private static func rolled(_ x: Tensor, by shift: Int, axis: Int) -> Tensor {
        let size = x.shape[axis < 0 ? axis + x.rank : axis]
        if size == 0 { return x }
        return x.taking((0..<size).map { (($0 - shift) % size + size) % size }, axis: axis)
    }
}

/// The tensor several times along each axis; new axes come in front.
struct Repeat: Composite {
    static let name = "repeat"
    /// As many as the result has axes.
    let counts: [Int]

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard counts.count >= inputs[0].count, counts.allSatisfy({ $0 >= 0 }) else {
            throw ShapeError(
                "[repeat] counts \(counts) must be one or more for each axis of \(inputs[0]), none negative")
        }
        let sizes = [Int](repeating: 1, count: counts.count - inputs[0].count) + inputs[0]
        return [zip(counts, sizes).map { $0 * $1 }]
    }

    func compose(_ inputs: [Tensor]) -> [Tensor] {
        let x = inputs[0]
        let sizes = [Int](repeating: 1, count: counts.count - x.rank) + x.shape
        let apart = sizes.flatMap { [1, $0] }
        let repeated = zip(counts, sizes).flatMap { [$0, $1] }
        return [x.reshaped(apart).broadcast(to: repeated).reshaped(zip(counts, sizes).map { $0 * $1 })]
    }
}

/// Tensors of one shape along a new axis.
struct Stack: Composite {
    static let name = "stack"
    /// Where the new axis is in the result; negative ones count from its end.
    let axis: Int

    private func position(_ rank: Int) -> Int { axis < 0 ? axis + rank + 1 : axis }

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard let first = inputs.first else { throw ShapeError("[stack] there is nothing to stack") }
        for other in inputs where other != first {
            throw ShapeError("[stack] shapes \(first) and \(other) differ")
        }
        guard (0...first.count).contains(position(first.count)) else {
            throw ShapeError("[stack] axis \(axis) is outside the result of \(first.count + 1) axes")
        }
        var shape = first
        shape.insert(inputs.count, at: position(first.count))
        return [shape]
    }

    func compose(_ inputs: [Tensor]) -> [Tensor] {
        let place = position(inputs[0].rank)
        var shape = inputs[0].shape
        shape.insert(1, at: place)
        return [.concatenate(inputs.map { $0.reshaped(shape) }, axis: place)]
    }
}

/// Consecutive ranges of one axis.
struct Split: Composite {
    static let name = "split"
    let axis: Int
    let sizes: [Int]

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let position = try Shape.normalise([axis], rank: inputs[0].count, operation: Self.name)[0]
        guard sizes.allSatisfy({ $0 >= 0 }), sizes.reduce(0, +) == inputs[0][position] else {
            throw ShapeError("[split] sizes \(sizes) do not add up to axis \(position) of \(inputs[0])")
        }
        return sizes.map {
            var shape = inputs[0]
            shape[position] = $0
            return shape
        }
    }

    func compose(_ inputs: [Tensor]) -> [Tensor] {
        var start = 0
        return sizes.map { size in
            defer { start += size }
            return inputs[0].slice(axis: axis, start..<start + size)
        }
    }

    /// Pieces of one size, the last perhaps shorter.
    static func pieces(of size: Int, in total: Int) -> [Int] {
        if total == 0 { return [0] }
        return stride(from: 0, to: total, by: max(1, size)).map { min(size, total - $0) }
    }
}

extension Tensor {
    /// The elements of some axes (negative: from the end) in reverse.
    public func flipped(axes: [Int]) -> Tensor { apply(Flip(axes: axes), [self])[0] }

    /// The elements moved along axes, going round; without axes, along the row-major order.
    public func rolled(by shifts: [Int], axes: [Int]? = nil) -> Tensor {
        apply(Roll(shifts: shifts, axes: axes), [self])[0]
    }

    /// The tensor several times along each axis; new axes come in front.
    public func repeated(_ counts: [Int]) -> Tensor { apply(Repeat(counts: counts), [self])[0] }

    /// Tensors of one shape along a new axis (negative: from the end of the result).
    public static func stack(_ tensors: [Tensor], axis: Int) -> Tensor {
        apply(Stack(axis: axis), tensors)[0]
    }

    /// Consecutive ranges of an axis (negative: from the end) with the given sizes, which make up the axis.
    public func split(sizes: [Int], axis: Int) -> [Tensor] { apply(Split(axis: axis, sizes: sizes), [self]) }
}
