import Tensor

/// Two-dimensional convolution of [batch, height, width, in] to [batch, height', width', out].
public final class Convolution2D: Layer {
    /// [out, kernel, kernel, in]
    public let weight: Parameter
    /// [out]
    public let bias: Parameter?
    public let geometry: ConvolutionGeometry

    /// - Parameters:
    ///   - kernel: rows and columns of the kernel.
    ///   - stride: distance of output positions, default 1.
    ///   - padding: zeros on every side, default 0.
    ///   - gain: weights start normal with deviation gain / sqrt(fan in) (He et al. 2015: sqrt 2 before a ReLU).
    public init(
        _ inChannels: Int, _ outChannels: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
        hasBias: Bool = true, gain: Double = 2.0.squareRoot(), from stream: inout RandomStream
    ) {
        let fanIn = Double(kernel * kernel * inChannels)
        weight = Parameter(
            .normal(
                [outChannels, kernel, kernel, inChannels], deviation: Float(gain / fanIn.squareRoot()),
                from: &stream))
        bias = hasBias ? Parameter(.zeros([outChannels])) : nil
        geometry = ConvolutionGeometry(stride: stride, padding: padding)
    }

    public func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
        self(input, skip: nil, mode: mode)
    }

    /// - Parameter skip: what joins the input along the channels.
    public func callAsFunction(_ input: Tensor, skip: Tensor?, mode: Mode) -> Tensor {
        Tensor.convolved([input] + (skip.map { [$0] } ?? []), weight.tensor, bias: bias?.tensor, geometry)
    }
}

/// Transposed convolution of [batch, height, width, in]; with stride 2, kernel 4 and padding 1 it doubles
/// height and width.
public final class TransposedConvolution2D: Layer {
    /// [in, kernel, kernel, out]
    public let weight: Parameter
    /// [out]
    public let bias: Parameter?
    public let geometry: ConvolutionGeometry

    /// Parameters as for `Convolution2D`.
    public init(
        _ inChannels: Int, _ outChannels: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
        hasBias: Bool = true, gain: Double = 2.0.squareRoot(), from stream: inout RandomStream
    ) {
        // Each output gathers kernel² / stride² taps of every input channel.
        let fanIn = Double(kernel * kernel * inChannels) / Double(stride * stride)
        weight = Parameter(
            .normal(
                [inChannels, kernel, kernel, outChannels], deviation: Float(gain / fanIn.squareRoot()),
                from: &stream))
        bias = hasBias ? Parameter(.zeros([outChannels])) : nil
        geometry = ConvolutionGeometry(stride: stride, padding: padding)
    }

    public func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
        self(input, skip: nil, mode: mode)
    }

    /// - Parameter skip: what joins the input along the channels.
    public func callAsFunction(_ input: Tensor, skip: Tensor?, mode: Mode) -> Tensor {
        Tensor.transposedConvolved(
            [input] + (skip.map { [$0] } ?? []), weight.tensor, bias: bias?.tensor, geometry)
    }
}
