import Tensor

/// In training sets elements to 0 with a probability and scales the others by 1 / (1 - probability) (Srivastava et al.
/// 2014). Which ones follows from a seed and the number of the call.
public final class Dropout: Layer {
    private let probability: Double
    private let seed: UInt64
    private var calls = 0

    /// - Parameters:
    ///   - probability: 0 ... 1.
    ///   - seed: of the random numbers.
    public init(_ probability: Double, seed: UInt64) {
        require((0...1).contains(probability), "[dropout] probability must be 0 ... 1, got \(probability)")
        self.probability = probability
        self.seed = seed
    }

    public func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
        if mode == .evaluation || probability == 0 { return input }
        calls += 1
        var stream = RandomStream(seed: seed, "dropout", calls)
        return input.dropped(probability, from: &stream)
    }
}
