import Tensor

/// Penalties on the gradient of a discriminator's scores with respect to its input, which
/// `Tape.gradients(of:differentiable:including:)` gives in a form that can be differentiated again.
public enum GradientPenalty {
    /// weight / 2 * mean over the batch of sum g² (R1, Mescheder et al. 2018), at real samples.
    /// - Parameter gradient: [batch, ...]
    public static func zeroCentred(_ gradient: Tensor, weight: Float) -> Tensor {
        squaredNorms(gradient).mean() * (weight / 2)
    }

    /// weight * mean over the batch of (|g| - 1)² (WGAN-GP, Gulrajani et al. 2017), at points between real and generated
    /// samples.
    /// - Parameters:
    ///   - gradient: [batch, ...]
    ///   - floor: added to |g|², so that the root has a slope at 0; default 1e-12.
    public static func oneCentred(_ gradient: Tensor, weight: Float, floor: Float = 1e-12) -> Tensor {
        ((squaredNorms(gradient) + floor).squareRoot() - 1).squared().mean() * weight
    }

    private static func squaredNorms(_ gradient: Tensor) -> Tensor {
        require(gradient.rank >= 1, "[gradient_penalty] gradient needs an axis of samples")
        return gradient.squared().sum(axes: Array(1..<max(1, gradient.rank)))
    }
}
