import Tensor

/// White noise for audio, one 64-bit draw a sample.
///
/// Each value is the sum of four uniform 16-bit numbers, scaled to unit variance: nearly Gaussian
/// (excess kurtosis -0.3, no value beyond 3.47), without the logarithm and cosine of an exact draw.
struct NoiseSource {
    private var stream: RandomStream

    init(_ stream: RandomStream) {
        self.stream = stream
    }

    mutating func next() -> Float {
        let bits = stream.nextBits()
        let sum =
            Int32(truncatingIfNeeded: bits & 0xffff) + Int32(truncatingIfNeeded: (bits >> 16) & 0xffff)
            + Int32(truncatingIfNeeded: (bits >> 32) & 0xffff) + Int32(truncatingIfNeeded: bits >> 48)
        return Float(sum - 131_070) * (1 / 37837.2)
    }

    mutating func samples(_ count: Int) -> [Float] {
        var result = [Float](repeating: 0, count: count)
        for i in 0..<count { result[i] = next() }
        return result
    }
}

extension RandomStream {
    /// A new stream that depends on this one and on the purpose, so that what is drawn for one part of
    /// a sound does not shift the draws of another.
    public mutating func fork(_ purpose: String) -> RandomStream {
        RandomStream(key: "\(nextBits())/\(purpose)")
    }

    /// A number whose logarithm is uniform.
    public mutating func logUniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound * Mathematics.power(range.upperBound / range.lowerBound, uniform())
    }

    /// An index drawn with the given relative weights, which must not all be zero.
    public mutating func weighted(_ weights: [Double]) -> Int {
        var rest = uniform() * weights.reduce(0, +)
        for (index, weight) in weights.enumerated() {
            rest -= weight
            if rest < 0 { return index }
        }
        return weights.lastIndex { $0 > 0 } ?? 0
    }
}
