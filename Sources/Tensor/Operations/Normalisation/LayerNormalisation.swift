import CKernels

/// Normalises each row over its last axis, scales and shifts it (Ba et al. 2016):
/// (x [..., n], scale [n], shift [n]) -> (y, statistics [rows, 2]) with y = (x - mean) / sqrt(variance + epsilon)
/// * scale + shift and the biased variance of the row.
///
/// The statistics of a row, mean and 1 / sqrt(variance + epsilon), are what the backward pass reads; nothing may be
/// differentiated through them.
struct LayerNormalisation: Primitive {
    static let name = "layer_normalisation"
    let epsilon: Float

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard let columns = inputs[0].last, columns > 0 else {
            throw ShapeError(
                "[layer_normalisation] input needs a last axis of one element or more, got \(inputs[0])")
        }
        guard inputs[1] == [columns], inputs[2] == [columns] else {
            throw ShapeError(
                "[layer_normalisation] scale and shift must be [\(columns)] for input \(inputs[0]), got "
                    + "\(inputs[1]) and \(inputs[2])")
        }
        return [inputs[0], [Shape.count(inputs[0]) / columns, 2]]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let (x, scale, shift) = (inputs[0].contiguous(), inputs[1].contiguous(), inputs[2].contiguous())
        let columns = scale.count
        let rows = x.count / columns
        let statistics = Tensor(unfilled: outputShapes[1]) { _ in }
        let y = withExtendedLifetime((x.storage, scale.storage, shift.storage)) {
            Tensor(unfilled: x.shape) { out in
                let (base, factor, offset) = (x.base, scale.base, shift.base)
                ThreadPool.shared.run(rows, grain: Self.grain(columns)) { range in
                    let start = range.lowerBound * columns
                    ck_normalise_rows(
                        base + start, factor, offset, epsilon, out + start,
                        statistics.storage.pointer + 2 * range.lowerBound, range.count, columns)
                }
            }
        }
        return [y, statistics]
    }

    /// Rows of a piece: whole pairs, which the kernels take together.
    private static func grain(_ columns: Int) -> Int { max(2, Elementwise.grain / columns / 2 * 2) }

    var retention: Retention { .inputs(0, 1).and(.outputs(1)) }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        require(
            pass.upstream[1] == nil, "[layer_normalisation] the statistics of rows have no gradient")
        return apply(
            LayerNormalisationGradient(epsilon: epsilon),
            [pass.inputs[0], pass.inputs[1], pass.outputs[1].detached, pass.cotangent()])
    }

    /// The same in elementary operations.
    static func composed(_ x: Tensor, scale: Tensor, shift: Tensor, epsilon: Float) -> Tensor {
        let centred = x - x.mean(axes: [-1], keepingAxes: true)
        let spread = centred.squared().mean(axes: [-1], keepingAxes: true) + epsilon
        return centred * spread.squareRoot().reciprocal() * scale + shift
    }
}

/// (x, scale, statistics, upstream g) -> gradients with respect to x, scale and shift.
struct LayerNormalisationGradient: Primitive {
    static let name = "layer_normalisation_gradient"
    let epsilon: Float

    func outputShapes(_ inputs: [[Int]]) -> [[Int]] { [inputs[0], inputs[1], inputs[1]] }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let (x, scale, g) = (inputs[0].contiguous(), inputs[1].contiguous(), inputs[3].contiguous())
        let statistics = inputs[2].contiguous()
        let columns = scale.count
        let rows = x.count / columns
        var sums: [Double] = []
        let dx = withExtendedLifetime((x.storage, scale.storage, statistics.storage, g.storage)) {
            Tensor(unfilled: x.shape) { out in
                let (base, factor, rowStatistics, upstream) = (x.base, scale.base, statistics.base, g.base)
                sums = ColumnTotals.compute(rows: rows, columns: columns, quantities: 2) { range, sums in
                    let start = range.lowerBound * columns
                    let scratch = Storage(count: 2 * columns)
                    ck_normalise_rows_gradient(
                        base + start, factor, rowStatistics + 2 * range.lowerBound, upstream + start,
                        out + start, range.count, columns, scratch.pointer, sums, sums + columns)
                }
            }
        }
        let totals = sums.map { Float($0) }
        return [dx, Tensor(Array(totals[..<columns])), Tensor(Array(totals[columns...]))]
    }

    var retention: Retention { .allInputs }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let shift = Tensor.zeros(pass.inputs[1].shape)
        let result = ComposedGradient.cotangents(
            inputs: [pass.inputs[0], pass.inputs[1], shift], upstreams: [pass.inputs[3]],
            directions: pass.upstream
        ) {
            [LayerNormalisation.composed($0[0], scale: $0[1], shift: $0[2], epsilon: epsilon)]
        }
        return [result[0], result[1], nil, result[3]]
    }
}

extension Tensor {
    /// Normalises each position over its last axes to mean 0 and variance 1, scales and shifts it.
    ///
    /// - Parameters:
    ///   - axes: how many of the last axes are taken together, 1 or more; default 1.
    ///   - scale: of the shape of these axes; default ones.
    ///   - shift: likewise; default zeros.
    ///   - epsilon: added to the variance, default 1e-5.
    /// - Returns: the result, of the same shape. Traps on what `layerNormalisationColumns` refuses.
    public func layerNormalised(
        axes: Int = 1, scale: Tensor? = nil, shift: Tensor? = nil, epsilon: Float = 1e-5
    ) -> Tensor {
        let columns = orTrap { () throws(ShapeError) in
            try Self.layerNormalisationColumns(shape, axes: axes, scale: scale?.shape, shift: shift?.shape)
        }
        let flat = axes == 1 ? self : reshaped(Array(shape.dropLast(axes)) + [columns])
        let result = apply(
            LayerNormalisation(epsilon: epsilon),
            [
                flat, scale?.reshaped([columns]) ?? .ones([columns]),
                shift?.reshaped([columns]) ?? .zeros([columns]),
            ])[0]
        return result.reshaped(shape)
    }

    /// How many elements layer normalisation takes together.
    /// - Throws: `ShapeError` if the shapes of scale or shift are not those of the last axes.
    public static func layerNormalisationColumns(
        _ shape: [Int], axes: Int, scale: [Int]?, shift: [Int]?
    ) throws(ShapeError) -> Int {
        guard (1...max(1, shape.count)).contains(axes), !shape.isEmpty else {
            throw ShapeError("[layer_normalisation] \(axes) axes cannot be normalised together in \(shape)")
        }
        let last = Array(shape.suffix(axes))
        for part in [scale, shift] {
            guard part == nil || part == last else {
                throw ShapeError(
                    "[layer_normalisation] scale and shift must be \(last) for input \(shape), got \(part ?? [])"
                )
            }
        }
        guard Shape.count(last) > 0 else {
            throw ShapeError("[layer_normalisation] needs one element or more in the last axes of \(shape)")
        }
        return Shape.count(last)
    }
}
