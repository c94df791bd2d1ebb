/// Batched matrix product: [..., m, k] x [..., k, n] -> [..., m, n]; leading axes must be equal, or absent
/// on the right, which then is one matrix for all.
struct MatrixProduct: Primitive {
    static let name = "matrix_product"

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let (a, b) = (inputs[0], inputs[1])
        guard a.count >= 2, b.count >= 2 else {
            throw ShapeError("[matrix_product] operands need two axes or more, got \(a) and \(b)")
        }
        guard a[a.count - 1] == b[b.count - 2] else {
            throw ShapeError(
                "[matrix_product] inner sizes differ: \(a) has \(a[a.count - 1]) columns, \(b) has "
                    + "\(b[b.count - 2]) rows")
        }
        guard b.count == 2 || a.dropLast(2) == b.dropLast(2) else {
            throw ShapeError("[matrix_product] leading axes of \(a) and \(b) differ")
        }
        return [Array(a.dropLast()) + [b[b.count - 1]]]
    }

    /// The matrix in a form that BLAS takes: dense rows, or dense columns of the transpose.
    private static func operand(_ tensor: Tensor) -> (tensor: Tensor, stride: Int, transposed: Bool) {
        let (rows, columns) = (tensor.shape[tensor.rank - 2], tensor.shape[tensor.rank - 1])
        let (rowStep, columnStep) = (tensor.strides[tensor.rank - 2], tensor.strides[tensor.rank - 1])
        if columnStep == 1 && rowStep >= columns { return (tensor, rowStep, false) }
        if rowStep == 1 && columnStep >= rows { return (tensor, columnStep, true) }
        return (tensor.contiguous(), columns, false)
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let shape = outputShapes[0]
        var left = inputs[0]
        if inputs[1].rank == 2 && left.rank > 2 {
            // One matrix on the right: all rows together.
            left = left.contiguous()
            left = Tensor(
                storage: left.storage,
                shape: [Shape.count(Array(left.shape.dropLast())), left.shape[left.rank - 1]],
                strides: [left.shape[left.rank - 1], 1], offset: left.offset)
        }
        let a = Self.operand(left)
        let b = Self.operand(inputs[1])
        let (m, k, n) = (left.shape[left.rank - 2], left.shape[left.rank - 1], shape[shape.count - 1])
        let batches = Array(left.shape.dropLast(2))
        let (baseA, baseB) = (a.tensor.base, b.tensor.base)
        return [
            withExtendedLifetime((a.tensor.storage, b.tensor.storage)) {
                Tensor(unfilled: shape) { out in
                    if k == 0 {
                        out.update(repeating: 0, count: Shape.count(shape))
                        return
                    }
                    func one(_ batch: Int) {
                        var rest = batch
                        var (p, q) = (0, 0)
                        for axis in batches.indices.reversed() {
                            p += rest % batches[axis] * a.tensor.strides[axis]
                            q += rest % batches[axis] * b.tensor.strides[axis]
                            rest /= batches[axis]
                        }
                        let result = out + batch * m * n
                        if !a.transposed && TiledProduct.suits(m: m, n: n, k: k) {
                            TiledProduct.run(
                                m: m, n: n, k: k, baseA + p, a.stride,
                                baseB + q, b.stride, transposedB: b.transposed, into: result, n)
                            return
                        }
                        if a.transposed && TiledProduct.suitsTransposed(m: m, n: n, k: k) {
                            TiledProduct.runTransposed(
                                m: m, n: n, k: k, baseA + p, a.stride,
                                baseB + q, b.stride, transposedB: b.transposed, into: result, n)
                            return
                        }
                        MatrixMultiply.runParallel(
                            m: m, n: n, k: k, baseA + p, a.stride, transposedA: a.transposed,
                            baseB + q, b.stride, transposedB: b.transposed, into: result, n)
                    }
                    let count = Shape.count(batches)
                    if count == 1 { one(0) } else { ThreadPool.shared.run(count) { one($0) } }
                }
            }
        ]
    }

    var retention: Retention { .inputs(0, 1) }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let g = pass.cotangent()
        let (a, b) = (pass.inputs[0], pass.inputs[1])
        let da = pass.needs[0] ? g.matrixProduct(b.transposed()) : nil
        guard pass.needs[1] else { return [da, nil] }
        if b.rank == 2 {
            let rows = Shape.count(Array(a.shape.dropLast()))
            let flatA = a.reshaped([rows, a.shape[a.rank - 1]])
            let flatG = g.reshaped([rows, g.shape[g.rank - 1]])
            return [da, flatA.transposed().matrixProduct(flatG)]
        }
        return [da, a.transposed().matrixProduct(g)]
    }
}

extension Tensor {
    /// The matrix product of the last two axes: [..., m, k] x [..., k, n] -> [..., m, n].
    public func matrixProduct(_ other: Tensor) -> Tensor { apply(MatrixProduct(), [self, other])[0] }

    /// The last two axes swapped.
    public func transposed() -> Tensor {
        permuted(Array(0..<(rank - 2)) + [rank - 1, rank - 2])
    }
}
