import Tensor

/// The hinge form of the adversarial losses (Lim & Ye 2017): scores beyond the margin do not count.
public enum HingeGAN {
    /// mean max(0, 1 - real) + mean max(0, 1 + fake), for the discriminator.
    public static func discriminator(real: Tensor, fake: Tensor) -> Tensor {
        (1 - real).relu().mean() + (1 + fake).relu().mean()
    }

    /// -mean fake, for the generator.
    public static func generator(fake: Tensor) -> Tensor { -fake.mean() }
}
