import Tensor

/// A table of vectors, one for each number: [...] -> [..., features].
public final class Embedding {
    /// [count, features]
    public let weight: Parameter
    /// The number whose vector gets no gradient.
    private let paddingIndex: Int?

    /// - Parameters:
    ///   - count: numbers 0 ..< count.
    ///   - paddingIndex: default none. Its vector starts at 0; the others are standard normal.
    public init(_ count: Int, _ features: Int, paddingIndex: Int? = nil, from stream: inout RandomStream) {
        var values = Tensor.normal([count, features], from: &stream).values
        if let paddingIndex {
            for feature in 0..<features { values[paddingIndex * features + feature] = 0 }
        }
        weight = Parameter(Tensor(values, shape: [count, features]))
        self.paddingIndex = paddingIndex
    }

    /// Traps on a number outside 0 ..< count.
    public func callAsFunction(_ numbers: IndexTensor) -> Tensor {
        weight.tensor.embedded(numbers, paddingIndex: paddingIndex)
    }
}
