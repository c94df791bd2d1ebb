import Tensor

/// Multi-head attention (Vaswani et al. 2017): query, key and value are projected, each head attends on its own
/// share of the features, and the results are projected once more.
public final class MultiHeadAttention: Layer {
    /// The projections of query, key and value, one below the other: [3 features, features].
    public let input: Parameter
    /// [3 features]
    public let inputBias: Parameter?
    /// [features, features]
    public let output: Parameter
    /// [features]
    public let outputBias: Parameter?
    public let heads: Int
    private let features: Int

    /// - Parameters:
    ///   - features: of query, key, value and result; a multiple of `heads`.
    ///   - heads: default 1.
    ///   - hasBias: default true; biases start at 0, weights as Glorot & Bengio 2010 propose.
    public init(_ features: Int, heads: Int = 1, hasBias: Bool = true, from stream: inout RandomStream) {
        do { try Self.validate(features: features, heads: heads) } catch { fatalError(error.description) }
        self.features = features
        self.heads = heads
        let limit = (6 / Float(4 * features)).squareRoot()
        input = Parameter(.uniform([3 * features, features], low: -limit, high: limit, from: &stream))
        let outLimit = 1 / Float(features).squareRoot()
        output = Parameter(.uniform([features, features], low: -outLimit, high: outLimit, from: &stream))
        inputBias = hasBias ? Parameter(.zeros([3 * features])) : nil
        outputBias = hasBias ? Parameter(.zeros([features])) : nil
    }

    /// - Throws: `ShapeError` if the features cannot be divided among the heads.
    public static func validate(features: Int, heads: Int) throws(ShapeError) {
        guard heads > 0, features > 0, features % heads == 0 else {
            throw ShapeError(
                "[multi_head_attention] \(features) features cannot be divided among \(heads) heads")
        }
    }

    /// A sequence attends to itself.
    public func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
        do {
            try validate(query: input.shape, key: input.shape, value: input.shape)
        } catch { fatalError(error.description) }
        let projected = input.linear(self.input.tensor, bias: inputBias?.tensor)
        let parts = (0..<3).map {
            split(projected.slice(axis: 2, $0 * features..<($0 + 1) * features))
        }
        return finish(Tensor.attention(query: parts[0], key: parts[1], value: parts[2]).result)
    }

    /// - Parameters:
    ///   - query: [batch, queries, features]
    ///   - key: [batch, keys, features]
    ///   - value: [batch, keys, features]
    ///   - mask: of the weights [batch or 1, heads or 1, queries or 1, keys]; default none.
    /// - Returns: [batch, queries, features], and the weights [batch, heads, queries, keys]. Traps on what `validate`
    ///   refuses.
    public func callAsFunction(
        query: Tensor, key: Tensor, value: Tensor, mask: AttentionMask = .none
    ) -> (output: Tensor, weights: Tensor) {
        do {
            try validate(query: query.shape, key: key.shape, value: value.shape, mask: mask)
        } catch { fatalError(error.description) }
        let attended = Tensor.attention(
            query: project(query, 0), key: project(key, 1), value: project(value, 2), mask: mask)
        return (finish(attended.result), attended.weights)
    }

    /// - Throws: `ShapeError` if the layer does not accept the shapes.
    public func validate(
        query: [Int], key: [Int], value: [Int], mask: AttentionMask = .none
    ) throws(ShapeError) {
        for shape in [query, key, value] {
            guard shape.count == 3, shape[2] == features else {
                throw ShapeError(
                    "[multi_head_attention] query, key and value must be [batch, time, \(features)], got \(shape)"
                )
            }
        }
        func split(_ shape: [Int]) -> [Int] { [shape[0], shape[1], heads, features / heads] }
        _ = try Tensor.attentionShape(
            query: split(query), key: split(key), value: split(value), mask: mask)
    }

    private func project(_ x: Tensor, _ part: Int) -> Tensor {
        let range = part * features..<(part + 1) * features
        return split(
            x.linear(input.tensor.slice(axis: 0, range), bias: inputBias?.tensor.slice(axis: 0, range)))
    }

    private func split(_ x: Tensor) -> Tensor {
        x.reshaped([x.shape[0], x.shape[1], heads, features / heads])
    }

    /// [batch, time, heads, features of a head] -> [batch, time, features], projected.
    private func finish(_ x: Tensor) -> Tensor {
        x.reshaped([x.shape[0], x.shape[1], features]).linear(output.tensor, bias: outputBias?.tensor)
    }
}
