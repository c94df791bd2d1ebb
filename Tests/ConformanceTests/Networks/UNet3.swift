import Layers
import StrictJSON
import Tensor

/// The reference U-Net of the fixtures, made of the library's layers under PyTorch's names.
final class UNet3: Layer {
    final class Block: Layer {
        let conv: Convolution2D
        let bn: BatchNorm

        init(_ inChannels: Int, _ outChannels: Int, stride: Int, slope: Float, _ stream: inout RandomStream) {
            conv = Convolution2D(
                inChannels, outChannels, kernel: 3, stride: stride, padding: 1, hasBias: false, from: &stream)
            bn = BatchNorm(outChannels, slope: slope, countsBatches: true)
        }

        func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
            self(input, skip: nil, mode: mode)
        }

        func callAsFunction(_ input: Tensor, skip: Tensor?, mode: Mode) -> Tensor {
            bn(conv(input, skip: skip, mode: mode), mode: mode)
        }
    }

    let enc1, enc2, enc3: Block
    let up2: TransposedConvolution2D
    let dec2: Block
    let up1: TransposedConvolution2D
    let dec1: Block
    let head: Convolution2D

    init(inChannels: Int, outChannels: Int, base: Int, slope: Float) {
        var stream = RandomStream(seed: 0, "unet3")
        enc1 = Block(inChannels, base, stride: 1, slope: slope, &stream)
        enc2 = Block(base, 2 * base, stride: 2, slope: slope, &stream)
        enc3 = Block(2 * base, 4 * base, stride: 2, slope: slope, &stream)
        up2 = TransposedConvolution2D(4 * base, 2 * base, kernel: 2, stride: 2, from: &stream)
        dec2 = Block(4 * base, 2 * base, stride: 1, slope: slope, &stream)
        up1 = TransposedConvolution2D(2 * base, base, kernel: 2, stride: 2, from: &stream)
        dec1 = Block(2 * base, base, stride: 1, slope: slope, &stream)
        head = Convolution2D(base, outChannels, kernel: 1, from: &stream)
    }

    /// [batch, height, width, in] -> [batch, height, width, out]
    func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
        let first = enc1(input, mode: mode)
        let second = enc2(first, mode: mode)
        let third = enc3(second, mode: mode)
        let middle = dec2(up2(third, mode: mode), skip: second, mode: mode)
        return head(dec1(up1(middle, mode: mode), skip: first, mode: mode), mode: mode)
    }
}

/// The reference discriminator of the fixtures.
final class PatchGAN: Layer {
    /// PyTorch counts the activations too: parts 0, 2, 3, 5, 6, 8 of `model` have parameters.
    let parts: [Any]
    private let slope: Float
    private let convolutions: [Convolution2D]
    private let norms: [BatchNorm]

    init(inChannels: Int, base: Int, slope: Float) {
        var stream = RandomStream(seed: 0, "patchgan")
        self.slope = slope
        convolutions = [
            Convolution2D(inChannels, base, kernel: 4, stride: 2, padding: 1, from: &stream),
            Convolution2D(
                base, 2 * base, kernel: 4, stride: 2, padding: 1, hasBias: false, from: &stream),
            Convolution2D(2 * base, 4 * base, kernel: 4, padding: 1, hasBias: false, from: &stream),
            Convolution2D(4 * base, 1, kernel: 4, padding: 1, from: &stream),
        ]
        norms = [2, 4].map { BatchNorm($0 * base, slope: slope, countsBatches: true) }
        let none: [Parameter] = []
        parts = [
            convolutions[0], none, convolutions[1], norms[0], none, convolutions[2], norms[1], none,
            convolutions[3],
        ]
    }

    /// [batch, height, width, in] -> logits [batch, rows, columns, 1]
    func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
        var x = convolutions[0](input, mode: mode).leakyReLU(slope: slope)
        x = norms[0](convolutions[1](x, mode: mode), mode: mode)
        x = norms[1](convolutions[2](x, mode: mode), mode: mode)
        return convolutions[3](x, mode: mode)
    }

    var torch: TorchState { TorchState((model: parts, label: 0)) }
}
