import Tensor

/// The least-squares adversarial losses (Mao et al. 2017), labels 1 for real and 0 for generated.
public enum LeastSquaresGAN {
    /// (mean (real - 1)² + mean fake²) / 2, for the discriminator.
    public static func discriminator(real: Tensor, fake: Tensor) -> Tensor {
        ((real - 1).squared().mean() + fake.squared().mean()) * 0.5
    }

    /// mean (fake - 1)², for the generator.
    public static func generator(fake: Tensor) -> Tensor { (fake - 1).squared().mean() }
}
