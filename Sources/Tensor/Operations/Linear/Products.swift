/// The matrix product of the last two axes with all the rules of linear algebra libraries: leading axes broadcast, a
/// vector on the left is a row and on the right a column, and its axis is dropped from the result.
struct BroadcastMatrixProduct: Composite {
    static let name = "matrix_product"

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard !inputs[0].isEmpty, !inputs[1].isEmpty else {
            throw ShapeError(
                "[matrix_product] operands need an axis or more, got \(inputs[0]) and \(inputs[1])")
        }
        let a = inputs[0].count == 1 ? [1] + inputs[0] : inputs[0]
        let b = inputs[1].count == 1 ? inputs[1] + [1] : inputs[1]
        guard a[a.count - 1] == b[b.count - 2] else {
            throw ShapeError(
                "[matrix_product] inner sizes differ: \(inputs[0]) has \(a[a.count - 1]) columns, \(inputs[1]) has "
                    + "\(b[b.count - 2]) rows")
        }
        var shape = try Shape.broadcast(
            Array(a.dropLast(2)), Array(b.dropLast(2)), operation: Self.name)
        if inputs[0].count > 1 { shape.append(a[a.count - 2]) }
        if inputs[1].count > 1 { shape.append(b[b.count - 1]) }
        return [shape]
    }

    func compose(_ inputs: [Tensor]) -> [Tensor] {
        var (a, b) = (inputs[0], inputs[1])
        guard let shape = try? outputShapes([a.shape, b.shape])[0] else { return [] }
        if a.rank == 1 { a = a.reshaped([1, a.count]) }
        if b.rank == 1 { b = b.reshaped([b.count, 1]) }
        if b.rank > 2, a.shape.dropLast(2) != b.shape.dropLast(2) {
            let lead =
                (try? Shape.broadcast(
                    Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2)), operation: Self.name)) ?? []
            a = a.broadcast(to: lead + a.shape.suffix(2))
            b = b.broadcast(to: lead + b.shape.suffix(2))
        }
        return [apply(MatrixProduct(), [a, b])[0].reshaped(shape)]
    }
}

/// Matrices of one batch: [batch, m, k] x [batch, k, n].
struct BatchedMatrixProduct: Composite {
    static let name = "batched_matrix_product"

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard inputs[0].count == 3, inputs[1].count == 3, inputs[0][0] == inputs[1][0] else {
            throw ShapeError(
                "[batched_matrix_product] operands must be [batch, m, k] and [batch, k, n], got \(inputs[0]) and "
                    + "\(inputs[1])")
        }
        return try MatrixProduct().outputShapes(inputs)
    }

    func compose(_ inputs: [Tensor]) -> [Tensor] { [apply(MatrixProduct(), inputs)[0]] }
}

/// (c, a, b) -> scaleC c + scale a b, where c broadcasts to the product.
struct AddedMatrixProduct: Composite {
    static let name = "added_matrix_product"
    let scale: Float
    let addendScale: Float

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard inputs[1].count == 2, inputs[2].count == 2 else {
            throw ShapeError(
                "[added_matrix_product] factors must be matrices, got \(inputs[1]) and \(inputs[2])")
        }
        let product = try MatrixProduct().outputShapes([inputs[1], inputs[2]])[0]
        guard try Shape.broadcast(inputs[0], product, operation: Self.name) == product else {
            throw ShapeError(
                "[added_matrix_product] \(inputs[0]) does not broadcast to the product \(product)")
        }
        return [product]
    }

    func compose(_ inputs: [Tensor]) -> [Tensor] {
        [inputs[0] * addendScale + apply(MatrixProduct(), [inputs[1], inputs[2]])[0] * scale]
    }
}

/// (x [..., in], weight [out, in], perhaps bias [out]) -> x weightᵀ + bias.
struct LinearMap: Composite {
    static let name = "linear"

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let (x, weight) = (inputs[0], inputs[1])
        guard weight.count == 2 else { throw ShapeError("[linear] weight must be [out, in], got \(weight)") }
        guard let features = x.last, features == weight[1] else {
            throw ShapeError("[linear] weight \(weight) expects [..., \(weight[1])], input is \(x)")
        }
        if inputs.count > 2, inputs[2] != [weight[0]] {
            throw ShapeError("[linear] bias must be [\(weight[0])] for weight \(weight), got \(inputs[2])")
        }
        return [x.dropLast() + [weight[0]]]
    }

    func compose(_ inputs: [Tensor]) -> [Tensor] {
        let (x, weight) = (inputs[0], inputs[1])
        let rows = x.rank == 1 ? x.reshaped([1, x.count]) : x
        let product = apply(MatrixProduct(), [rows, weight.transposed()])[0]
        let whole = x.rank == 1 ? product.reshaped([weight.shape[0]]) : product
        return [inputs.count > 2 ? whole + inputs[2] : whole]
    }
}

/// All products of the elements of two vectors: [m] x [n] -> [m, n].
struct OuterProduct: Composite {
    static let name = "outer_product"

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard inputs[0].count == 1, inputs[1].count == 1 else {
            throw ShapeError("[outer_product] operands must be vectors, got \(inputs[0]) and \(inputs[1])")
        }
        return [[inputs[0][0], inputs[1][0]]]
    }

    func compose(_ inputs: [Tensor]) -> [Tensor] {
        [inputs[0].reshaped([inputs[0].count, 1]) * inputs[1]]
    }
}

extension Tensor {
    /// The matrix product of the last two axes; leading axes broadcast, vectors are rows on the left and columns on
    /// the right.
    public func matrixMultiplied(by other: Tensor) -> Tensor {
        apply(BroadcastMatrixProduct(), [self, other])[0]
    }

    /// self weightᵀ + bias.
    /// - Parameters:
    ///   - weight: [out, in], in being the last axis of self.
    ///   - bias: [out]
    public func linear(_ weight: Tensor, bias: Tensor? = nil) -> Tensor {
        apply(LinearMap(), [self, weight] + (bias.map { [$0] } ?? []))[0]
    }

    /// All products of the elements of two vectors: [m] x [n] -> [m, n].
    public func outerProduct(_ other: Tensor) -> Tensor { apply(OuterProduct(), [self, other])[0] }
}
