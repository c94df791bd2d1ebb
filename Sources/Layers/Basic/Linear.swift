import Tensor

/// x weightᵀ + bias over the last axis: [..., in] -> [..., out].
public final class Linear: Layer {
    /// [out, in]
    public let weight: Parameter
    /// [out]
    public let bias: Parameter?
    /// What the layer uses instead of the weight itself.
    public var reparametrisation: (any WeightReparametrisation)?

    /// - Parameters:
    ///   - gain: weights start normal with deviation gain / sqrt(in), default 1.
    public init(
        _ inFeatures: Int, _ outFeatures: Int, hasBias: Bool = true, gain: Double = 1,
        from stream: inout RandomStream
    ) {
        weight = Parameter(
            .normal(
                [outFeatures, inFeatures], deviation: Float(gain / Double(inFeatures).squareRoot()),
                from: &stream))
        bias = hasBias ? Parameter(.zeros([outFeatures])) : nil
    }

    public func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
        input.linear(reparametrisation?(weight.tensor, mode: mode) ?? weight.tensor, bias: bias?.tensor)
    }
}
