import CKernels

/// Scaled dot-product attention (Vaswani et al. 2017) with heads side by side in the last axes:
/// (query [n, l, heads, d], key [n, s, heads, d], value [n, s, heads, e], perhaps a mask [n or 1, heads or 1,
/// l or 1, s] that is added to the scores) -> (result [n, l, heads, e], weights [n, heads, l, s]).
///
/// weights = softmax(scale query key^T + mask). Heads are read where they lie, one matrix after the other stays in
/// cache, and the mask has no gradient.
struct AttentionProduct: Primitive {
    static let name = "attention_product"
    let scale: Float
    /// Position i of the query sees positions 0 ... i of the key alone.
    let isCausal: Bool

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let (q, k, v) = (inputs[0], inputs[1], inputs[2])
        guard q.count == 4, k.count == 4, v.count == 4 else {
            throw ShapeError(
                "[attention] query, key and value must be [batch, time, heads, features], got \(q), \(k) and \(v)"
            )
        }
        guard q[0] == k[0], q[2] == k[2], q[3] == k[3] else {
            throw ShapeError("[attention] query \(q) and key \(k) differ in batch, heads or features")
        }
        guard k[..<3] == v[..<3] else {
            throw ShapeError("[attention] key \(k) and value \(v) differ in batch, time or heads")
        }
        let weights = [q[0], q[2], q[1], k[1]]
        if inputs.count > 3 {
            let mask = inputs[3]
            let fits =
                mask.count == 4 && mask[3] == weights[3]
                && (0..<3).allSatisfy { mask[$0] == weights[$0] || mask[$0] == 1 }
            guard fits else {
                throw ShapeError("[attention] mask \(mask) does not broadcast to the weights \(weights)")
            }
        }
        return [[q[0], q[1], q[2], v[3]], weights]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let heads = AttentionHeads(inputs[0], inputs[1], inputs[2])
        let mask = inputs.count > 3 ? inputs[3].contiguous() : nil
        let weights = Tensor(unfilled: outputShapes[1]) { _ in }
        let result = Tensor(unfilled: outputShapes[0]) { out in
            heads.forEach { head in
                let scores = weights.storage.pointer + head.index * heads.queries * heads.keys
                MatrixMultiply.run(
                    m: heads.queries, n: heads.keys, k: heads.features, head.query, heads.queryStride,
                    head.key, heads.queryStride, transposedB: true, into: scores, heads.keys)
                let (added, step) = Self.maskRows(mask, head)
                ck_masked_softmax(
                    scores, added, step, scale, heads.queries, heads.keys, isCausal ? 1 : 0, 0)
                MatrixMultiply.run(
                    m: heads.queries, n: heads.values, k: heads.keys, scores, heads.keys, head.value,
                    heads.valueStride, into: out + head.resultOffset, heads.valueStride)
            }
        }
        withExtendedLifetime(mask?.storage) {}
        return [result, weights]
    }

    private static func maskRows(
        _ mask: Tensor?, _ head: AttentionHeads.Head
    ) -> (rows: UnsafePointer<Float>?, step: Int) {
        guard let mask else { return (nil, 0) }
        let s = mask.shape
        let sample = s[0] == 1 ? 0 : head.sample
        let row = (sample * s[1] + (s[1] == 1 ? 0 : head.number)) * s[2]
        return (mask.base + row * s[3], s[2] == 1 ? 0 : s[3])
    }

    var retention: Retention { .allInputs.and(.outputs(1)) }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let gradient = AttentionProductGradient(scale: scale, isCausal: isCausal)
        // Hardly anybody asks for gradients of the weights themselves.
        let ofWeights = pass.upstream[1].map { [$0] } ?? []
        return apply(
            gradient,
            Array(pass.inputs[..<3]) + [pass.outputs[1].detached, pass.cotangent(0)] + ofWeights)
            + (pass.inputs.count > 3 ? [nil] : [])
    }
}

/// (query, key, value, weights, upstream of the result, perhaps upstream of the weights) -> gradients of query, key
/// and value.
struct AttentionProductGradient: Primitive {
    static let name = "attention_product_gradient"
    let scale: Float
    let isCausal: Bool

    func outputShapes(_ inputs: [[Int]]) -> [[Int]] { Array(inputs[..<3]) }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let heads = AttentionHeads(inputs[0], inputs[1], inputs[2])
        let (weights, upstream) = (inputs[3].contiguous(), inputs[4].contiguous())
        let ofWeights = inputs.count > 5 ? inputs[5].contiguous() : nil
        let (key, value) = (
            Tensor(unfilled: outputShapes[1]) { _ in }, Tensor(unfilled: outputShapes[2]) { _ in }
        )
        let query = Tensor(unfilled: outputShapes[0]) { dQuery in
            let (p, g) = (weights.base, upstream.base)
            let (dKey, dValue) = (key.storage.pointer, value.storage.pointer)
            let size = heads.queries * heads.keys
            heads.forEach { head in
                let probabilities = p + head.index * size
                let gradient = g + head.resultOffset
                let scores = Storage(count: max(1, size))
                // dV = P^T dO; dP = dO V^T; dQ = dS K; dK = dS^T Q.
                MatrixMultiply.run(
                    m: heads.keys, n: heads.values, k: heads.queries, probabilities, heads.keys,
                    transposedA: true, gradient, heads.valueStride, into: dValue + head.valueOffset,
                    heads.valueStride)
                if let ofWeights {
                    scores.pointer.update(from: ofWeights.base + head.index * size, count: size)
                }
                MatrixMultiply.run(
                    m: heads.queries, n: heads.keys, k: heads.values, gradient, heads.valueStride, head.value,
                    heads.valueStride, transposedB: true, into: scores.pointer, heads.keys,
                    beta: ofWeights == nil ? 0 : 1)
                ck_softmax_scores_gradient(probabilities, scores.pointer, scale, heads.queries, heads.keys)
                MatrixMultiply.run(
                    m: heads.queries, n: heads.features, k: heads.keys, scores.pointer, heads.keys, head.key,
                    heads.queryStride, into: dQuery + head.queryOffset, heads.queryStride)
                MatrixMultiply.run(
                    m: heads.keys, n: heads.features, k: heads.queries, scores.pointer, heads.keys,
                    transposedA: true, head.query, heads.queryStride, into: dKey + head.keyOffset,
                    heads.queryStride)
            }
        }
        withExtendedLifetime((weights.storage, upstream.storage, ofWeights?.storage)) {}
        return [query, key, value]
    }

    var retention: Retention { .allInputs }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let hasWeights = pass.inputs.count > 5
        let weights = pass.inputs[3].detached
        let result = ComposedGradient.cotangents(
            inputs: Array(pass.inputs[..<3]), upstreams: Array(pass.inputs[4...]),
            directions: pass.upstream
        ) { inputs in
            let composed = Self.composed(inputs, weights: weights, scale: scale)
            return hasWeights ? composed : [composed[0]]
        }
        return result[..<3] + [nil] + result[3...]
    }

    /// The same in elementary operations. The mask, up to a number for each row, is what the logarithm of the
    /// weights has beyond the scores.
    private static func composed(_ inputs: [Tensor], weights: Tensor, scale: Float) -> [Tensor] {
        let (q, k, v) = (
            inputs[0].permuted([0, 2, 1, 3]), inputs[1].permuted([0, 2, 3, 1]),
            inputs[2].permuted([0, 2, 1, 3])
        )
        let scores = q.matrixProduct(k) * scale
        let mask = Tape.withoutRecording { weights.logarithm() - scores }.detached
        let raised = (scores + mask).exponential()
        // A row that sees nothing stays zero.
        let total = raised.sum(axes: [-1], keepingAxes: true).clamped(low: .leastNormalMagnitude)
        let composed = raised / total
        return [composed.matrixProduct(v).permuted([0, 2, 1, 3]), composed]
    }
}
