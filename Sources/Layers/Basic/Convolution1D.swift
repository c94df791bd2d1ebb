import Tensor

/// One-dimensional convolution of [batch, time, in] to [batch, time', out].
public final class Convolution1D: Layer {
    /// [out, kernel, in / groups]
    public let weight: Parameter
    /// [out]
    public let bias: Parameter?
    /// What the convolution uses instead of the weight itself.
    public var reparametrisation: (any WeightReparametrisation)?
    public let geometry: ConvolutionGeometry1D

    /// - Parameters:
    ///   - kernel: taps.
    ///   - geometry: stride, padding, dilation and groups; default 1, 0, 1 and 1.
    ///   - gain: weights start normal with deviation gain / sqrt(fan in) (He et al. 2015: sqrt 2 before a ReLU).
    public init(
        _ inChannels: Int, _ outChannels: Int, kernel: Int,
        geometry: ConvolutionGeometry1D = ConvolutionGeometry1D(), hasBias: Bool = true,
        gain: Double = 2.0.squareRoot(), from stream: inout RandomStream
    ) {
        let fanIn = Double(kernel * inChannels) / Double(geometry.groups)
        weight = Parameter(
            .normal(
                [outChannels, kernel, inChannels / max(1, geometry.groups)],
                deviation: Float(gain / fanIn.squareRoot()), from: &stream))
        bias = hasBias ? Parameter(.zeros([outChannels])) : nil
        self.geometry = geometry
    }

    public func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
        let used = reparametrisation?(weight.tensor, mode: mode) ?? weight.tensor
        return input.convolved1D(used, bias: bias?.tensor, geometry)
    }
}

/// Transposed one-dimensional convolution of [batch, time, in]; with stride s, kernel 2 s and padding s / 2 it
/// multiplies the time by s.
public final class TransposedConvolution1D: Layer {
    /// [in, kernel, out / groups]
    public let weight: Parameter
    /// [out]
    public let bias: Parameter?
    /// What the convolution uses instead of the weight itself.
    public var reparametrisation: (any WeightReparametrisation)?
    public let geometry: ConvolutionGeometry1D
    private let outputPadding: Int

    /// Parameters as for `Convolution1D`.
    /// - Parameter outputPadding: samples behind the last; smaller than the stride or the dilation.
    public init(
        _ inChannels: Int, _ outChannels: Int, kernel: Int,
        geometry: ConvolutionGeometry1D = ConvolutionGeometry1D(), outputPadding: Int = 0,
        hasBias: Bool = true, gain: Double = 2.0.squareRoot(), from stream: inout RandomStream
    ) {
        // Each output gathers kernel / stride taps of every input channel of its group.
        let fanIn = Double(kernel * inChannels) / Double(geometry.stride * geometry.groups)
        weight = Parameter(
            .normal(
                [inChannels, kernel, outChannels / max(1, geometry.groups)],
                deviation: Float(gain / fanIn.squareRoot()), from: &stream))
        bias = hasBias ? Parameter(.zeros([outChannels])) : nil
        self.geometry = geometry
        self.outputPadding = outputPadding
    }

    public func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
        let used = reparametrisation?(weight.tensor, mode: mode) ?? weight.tensor
        return input.transposedConvolved1D(used, bias: bias?.tensor, geometry, outputPadding: outputPadding)
    }
}
