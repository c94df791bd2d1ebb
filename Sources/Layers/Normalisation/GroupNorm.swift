import Tensor

/// Normalises groups of channels (last axis) of each sample (first axis) over all positions (Wu & He 2018).
public final class GroupNorm: Layer {
    /// [channels]; nil if the layer does not scale and shift.
    public let weight: Parameter?
    /// [channels]
    public let bias: Parameter?
    public let groups: Int
    private let epsilon: Float

    /// - Parameters:
    ///   - groups: a divisor of the channels.
    ///   - epsilon: added to the variance, default 1e-5.
    ///   - isAffine: whether the result is scaled and shifted, default true.
    public init(_ channels: Int, groups: Int, epsilon: Float = 1e-5, isAffine: Bool = true) {
        require(
            groups > 0 && channels % groups == 0,
            "[group_norm] \(channels) channels cannot be divided into \(groups) groups")
        weight = isAffine ? Parameter(.ones([channels])) : nil
        bias = isAffine ? Parameter(.zeros([channels])) : nil
        self.groups = groups
        self.epsilon = epsilon
    }

    /// [batch, ..., channels] -> the same shape.
    public func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
        input.groupNormalised(
            groups: groups, scale: weight?.tensor, shift: bias?.tensor, epsilon: epsilon
        ).output
    }
}
