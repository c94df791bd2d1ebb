import Tensor

/// Halves height and width: convolution 4x4 stride 2, batch normalisation, leaky ReLU 0.2.
public final class DownBlock: Layer {
    let convolution: Convolution2D
    let norm: BatchNorm?
    private static let slope: Float = 0.2

    init(_ inChannels: Int, _ outChannels: Int, normalised: Bool, from stream: inout RandomStream) {
        convolution = Convolution2D(inChannels, outChannels, kernel: 4, stride: 2, padding: 1, from: &stream)
        norm = normalised ? BatchNorm(outChannels, slope: DownBlock.slope) : nil
    }

    public func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
        let x = convolution(input, mode: mode)
        return norm?(x, mode: mode) ?? x.leakyReLU(slope: DownBlock.slope)
    }
}

/// Doubles height and width: transposed convolution 4x4 stride 2, batch normalisation, ReLU.
public final class UpBlock: Layer {
    let convolution: TransposedConvolution2D
    let norm: BatchNorm

    init(_ inChannels: Int, _ outChannels: Int, from stream: inout RandomStream) {
        convolution = TransposedConvolution2D(
            inChannels, outChannels, kernel: 4, stride: 2, padding: 1, from: &stream)
        norm = BatchNorm(outChannels, slope: 0)
    }

    public func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
        self(input, skip: nil, mode: mode)
    }

    /// - Parameter skip: what joins the input along the channels.
    public func callAsFunction(_ input: Tensor, skip: Tensor?, mode: Mode) -> Tensor {
        norm(convolution(input, skip: skip, mode: mode), mode: mode)
    }
}

/// An encoder-decoder with skip connections by concatenation (Ronneberger et al. 2015, in the form of
/// Isola et al. 2017): `depth` halvings, as many doublings, a final 3x3 convolution.
///
/// Channels are base, 2 base, 4 base, ... on the way down. Height and width must be multiples of 2^depth.
public final class UNet: Layer {
    let down: [DownBlock]
    let up: [UpBlock]
    let out: Convolution2D
    public let depth: Int

    /// - Parameters:
    ///   - outGain: scale of the last layer's first weights; 0 makes the network start at zero.
    public init(
        inChannels: Int, outChannels: Int = 1, baseChannels: Int = 16, depth: Int = 5, outGain: Double = 1,
        from stream: inout RandomStream
    ) {
        require(
            depth >= 1 && baseChannels >= 1, "[unet] depth \(depth) and base \(baseChannels) must be positive"
        )
        self.depth = depth
        let channels = (0..<depth).map { baseChannels << $0 }
        var down: [DownBlock] = []
        for level in 0..<depth {
            down.append(
                DownBlock(
                    level == 0 ? inChannels : channels[level - 1], channels[level], normalised: level > 0,
                    from: &stream))
        }
        var up: [UpBlock] = []
        for level in (0..<depth).reversed() {
            up.append(
                UpBlock(
                    channels[level] * (level == depth - 1 ? 1 : 2),
                    level > 0 ? channels[level - 1] : baseChannels,
                    from: &stream))
        }
        self.down = down
        self.up = up
        out = Convolution2D(
            baseChannels + inChannels, outChannels, kernel: 3, padding: 1, gain: outGain, from: &stream)
    }

    /// [batch, height, width, in] -> [batch, height, width, out]
    public func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
        require(
            input.rank == 4 && input.shape[1] % (1 << depth) == 0 && input.shape[2] % (1 << depth) == 0,
            "[unet] height and width must be multiples of \(1 << depth) for depth \(depth), got \(input.shape)"
        )
        var skips: [Tensor] = []
        var x = input
        for block in down {
            skips.append(x)
            x = block(x, mode: mode)
        }
        // Skips are never concatenated: each convolution reads both of its sources where they are.
        var skip: Tensor?
        for block in up {
            x = block(x, skip: skip, mode: mode)
            skip = skips.removeLast()
        }
        return out(x, skip: skip, mode: mode)
    }
}

extension UNet {
    /// Multiply-adds of one forward pass over one image.
    public static func multiplyAdds(
        inChannels: Int, baseChannels: Int, depth: Int, height: Int, width: Int
    ) -> Int {
        var total = 0
        let pixels = height * width
        for level in 0..<depth {
            let (channels, below) = (
                baseChannels << level, level == 0 ? inChannels : baseChannels << (level - 1)
            )
            total += (pixels >> (2 * (level + 1))) * 16 * below * channels
            let entering = channels * (level == depth - 1 ? 1 : 2)
            let leaving = level > 0 ? baseChannels << (level - 1) : baseChannels
            // Each output of a transposed 4x4 convolution with stride 2 gathers 4 taps.
            total += (pixels >> (2 * level)) * 4 * entering * leaving
        }
        return total + pixels * 9 * (baseChannels + inChannels)
    }
}
