import Tensor

/// Minus the scale-invariant signal-to-distortion ratio in dB (Le Roux et al. 2019), averaged over signals:
/// with s = a t and a = <e, t> / (<t, t> + epsilon), -mean 10 log10((<s, s> + epsilon) / (<e - s, e - s> + epsilon)).
public struct ScaleInvariantSDR: Sendable {
    /// Whether means over time are taken away first.
    public var removesMean: Bool
    /// Added to energies, so that silence stays finite.
    public var epsilon: Float

    public init(removesMean: Bool = true, epsilon: Float = 1e-8) {
        self.removesMean = removesMean
        self.epsilon = epsilon
    }

    /// - Parameters:
    ///   - estimate: e, [..., time]
    ///   - target: t, of the same shape; has no gradient.
    public func callAsFunction(_ estimate: Tensor, _ target: Tensor) -> Tensor {
        requireSameShape(estimate, target, "si_sdr")
        require(estimate.rank > 0, "[si_sdr] signals must be [..., time], got a number")
        func centred(_ x: Tensor) -> Tensor {
            removesMean ? x - x.mean(axes: [-1], keepingAxes: true) : x
        }
        func energy(_ a: Tensor, _ b: Tensor) -> Tensor { (a * b).sum(axes: [-1], keepingAxes: true) }
        let (e, t) = (centred(estimate), centred(target.detached))
        let projected = energy(e, t) / (energy(t, t) + epsilon) * t
        let rest = e - projected
        let ratio = (energy(projected, projected) + epsilon) / (energy(rest, rest) + epsilon)
        return ratio.logarithm().mean() * Float(-10 / 2.302_585_092_994_046)
    }
}
