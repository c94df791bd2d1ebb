import Tensor

/// Two-dimensional convolution of [batch, height, width, in] to [batch, height', width', out].
public final class Convolution2D: Layer {
    /// [out, kernel rows, kernel columns, in / groups]
    public let weight: Parameter
    /// [out]
    public let bias: Parameter?
    /// What the convolution uses instead of the weight itself.
    public var reparametrisation: (any WeightReparametrisation)?
    public let geometry: ConvolutionGeometry

    /// - Parameters:
    ///   - kernel: rows and columns of the kernel.
    ///   - stride: distance of output positions, default 1.
    ///   - padding: zeros on every side, default 0.
    ///   - gain: weights start normal with deviation gain / sqrt(fan in) (He et al. 2015: sqrt 2 before a ReLU).
    public convenience init(
        _ inChannels: Int, _ outChannels: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
        hasBias: Bool = true, gain: Double = 2.0.squareRoot(), from stream: inout RandomStream
    ) {
        self.init(
            inChannels, outChannels, kernel: (kernel, kernel),
            geometry: ConvolutionGeometry(stride: stride, padding: padding), hasBias: hasBias, gain: gain,
            from: &stream)
    }

    /// - Parameters:
    ///   - kernel: rows and columns of the kernel.
    ///   - geometry: strides, paddings, dilations and groups.
    public init(
        _ inChannels: Int, _ outChannels: Int, kernel: (rows: Int, columns: Int),
        geometry: ConvolutionGeometry,
        hasBias: Bool = true, gain: Double = 2.0.squareRoot(), from stream: inout RandomStream
    ) {
        let taps = kernel.rows * kernel.columns
        let inputs = inChannels / max(1, geometry.groups)
        weight = Parameter(
            .normal(
                [outChannels, kernel.rows, kernel.columns, inputs],
                deviation: Float(gain / Double(taps * inputs).squareRoot()), from: &stream))
        bias = hasBias ? Parameter(.zeros([outChannels])) : nil
        self.geometry = geometry
    }

    public func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
        self(input, skip: nil, mode: mode)
    }

    /// - Parameter skip: what joins the input along the channels.
    public func callAsFunction(_ input: Tensor, skip: Tensor?, mode: Mode) -> Tensor {
        let used = reparametrisation?(weight.tensor, mode: mode) ?? weight.tensor
        return Tensor.convolved([input] + (skip.map { [$0] } ?? []), used, bias: bias?.tensor, geometry)
    }
}

/// Transposed convolution of [batch, height, width, in]; with stride 2, kernel 4 and padding 1 it doubles
/// height and width.
public final class TransposedConvolution2D: Layer {
    /// [in, kernel, kernel, out]
    public let weight: Parameter
    /// [out]
    public let bias: Parameter?
    /// What the convolution uses instead of the weight itself.
    public var reparametrisation: (any WeightReparametrisation)?
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
        let used = reparametrisation?(weight.tensor, mode: mode) ?? weight.tensor
        return Tensor.transposedConvolved(
            [input] + (skip.map { [$0] } ?? []), used, bias: bias?.tensor, geometry)
    }
}
