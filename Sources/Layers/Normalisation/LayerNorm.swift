import Tensor

/// Normalises each position over its last axes (Ba et al. 2016).
public final class LayerNorm: Layer {
    /// Of the shape of these axes; nil if the layer does not scale.
    public let weight: Parameter?
    /// Likewise; nil if the layer does not shift.
    public let bias: Parameter?
    private let axes: Int
    private let epsilon: Float

    /// - Parameters:
    ///   - shape: sizes of the axes that are taken together, the last ones of an input.
    ///   - epsilon: added to the variance, default 1e-5.
    ///   - isAffine: whether the result is scaled, and shifted if `hasBias`; default true.
    public init(_ shape: [Int], epsilon: Float = 1e-5, isAffine: Bool = true, hasBias: Bool = true) {
        weight = isAffine ? Parameter(.ones(shape)) : nil
        bias = isAffine && hasBias ? Parameter(.zeros(shape)) : nil
        axes = shape.count
        self.epsilon = epsilon
    }

    /// [..., shape] -> the same shape.
    public func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
        input.layerNormalised(axes: axes, scale: weight?.tensor, shift: bias?.tensor, epsilon: epsilon)
    }
}
