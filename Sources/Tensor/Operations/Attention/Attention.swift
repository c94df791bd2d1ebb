/// Which positions attention looks at.
public enum AttentionMask: Sendable {
    /// All of them.
    case none
    /// Position i of the query sees positions 0 ... i of the key.
    case causal
    /// Added to the scores before the softmax, [batch or 1, heads or 1, queries or 1, keys]; no gradient.
    case added(Tensor)
    /// The positions that take part, of a shape as above.
    case visible(Mask)

    var isCausal: Bool { if case .causal = self { true } else { false } }

    var addedTensor: Tensor? {
        switch self {
        case .none, .causal: nil
        case .added(let tensor): tensor.detached
        case .visible(let mask): Tensor(mask.values.map { $0 ? 0 : -.infinity }, shape: mask.shape)
        }
    }

    var shape: [Int]? {
        switch self {
        case .none, .causal: nil
        case .added(let tensor): tensor.shape
        case .visible(let mask): mask.shape
        }
    }
}

extension Tensor {
    /// Scaled dot-product attention of a query [batch, queries, heads, features] to a key
    /// [batch, keys, heads, features] and a value [batch, keys, heads, values]:
    /// softmax(scale query key^T + mask) value, for each head.
    ///
    /// - Parameters:
    ///   - mask: default none. A position of the query that sees nothing gets zeros.
    ///   - scale: of the scores; default 1 / sqrt(features).
    /// - Returns: the result [batch, queries, heads, values] and the weights [batch, heads, queries, keys]. Traps on
    ///   what `attentionShape` refuses.
    public static func attention(
        query: Tensor, key: Tensor, value: Tensor, mask: AttentionMask = .none, scale: Float? = nil
    ) -> (result: Tensor, weights: Tensor) {
        let product = AttentionProduct(
            scale: scale ?? 1 / Float(max(1, query.shape.last ?? 1)).squareRoot(), isCausal: mask.isCausal)
        let result = apply(product, [query, key, value] + (mask.addedTensor.map { [$0] } ?? []))
        return (result[0], result[1])
    }

    /// The shape of the result of `attention`.
    /// - Throws: `ShapeError` if attention does not accept the shapes.
    public static func attentionShape(
        query: [Int], key: [Int], value: [Int], mask: AttentionMask = .none
    ) throws(ShapeError) -> [Int] {
        try AttentionProduct(scale: 1, isCausal: mask.isCausal)
            .outputShapes([query, key, value] + (mask.shape.map { [$0] } ?? []))[0]
    }
}
