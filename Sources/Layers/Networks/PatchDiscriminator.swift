import Tensor

/// Judges overlapping patches of an image (PatchGAN, Isola et al. 2017): convolutions 4x4 stride 2 with
/// leaky ReLU 0.2, batch normalisation from the second on, and a 3x3 convolution to one score a patch.
public final class PatchDiscriminator: Layer {
    let down: [DownBlock]
    let out: Convolution2D

    /// - Parameters:
    ///   - inChannels: condition and candidate together.
    ///   - layers: halvings; each doubles the channels.
    public init(
        inChannels: Int, baseChannels: Int = 32, layers: Int = 3, from stream: inout RandomStream
    ) {
        require(layers >= 1, "[patch_discriminator] needs a layer or more, not \(layers)")
        down = (0..<layers).map { level in
            DownBlock(
                level == 0 ? inChannels : baseChannels << (level - 1), baseChannels << level,
                normalised: level > 0,
                from: &stream)
        }
        out = Convolution2D(baseChannels << (layers - 1), 1, kernel: 3, padding: 1, gain: 1, from: &stream)
    }

    /// [batch, height, width, in] -> scores [batch, height / 2^layers, width / 2^layers, 1]
    public func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
        out(down.reduce(input) { $1($0, mode: mode) }, mode: mode)
    }
}

extension PatchDiscriminator {
    /// Multiply-adds of one forward pass over one image.
    public static func multiplyAdds(
        inChannels: Int, baseChannels: Int, layers: Int, height: Int, width: Int
    ) -> Int {
        let pixels = height * width
        let down = (0..<layers).reduce(0) { total, level in
            let below = level == 0 ? inChannels : baseChannels << (level - 1)
            return total + (pixels >> (2 * (level + 1))) * 16 * below * (baseChannels << level)
        }
        return down + (pixels >> (2 * layers)) * 9 * (baseChannels << (layers - 1))
    }
}
