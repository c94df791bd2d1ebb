/// How a one-dimensional convolution moves over its input.
public struct ConvolutionGeometry1D: Sendable, Hashable {
    /// Samples between neighbouring output positions; 1 or more.
    public var stride: Int
    /// Zeros before and after the input; 0 or more.
    public var padding: Int
    /// Samples between neighbouring taps of the kernel; 1 or more.
    public var dilation: Int
    /// Into how many groups the channels are divided.
    public var groups: Int

    public init(stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1) {
        (self.stride, self.padding, self.dilation, self.groups) = (stride, padding, dilation, groups)
    }

    /// Time is the columns of images of one row, where neighbouring taps are neighbours in memory; a dilated
    /// kernel runs along the rows of images of one column, whose taps may lie anywhere.
    private var alongRows: Bool { dilation > 1 }

    var asImage: ConvolutionGeometry {
        alongRows
            ? ConvolutionGeometry(strideY: stride, paddingY: padding, dilationY: dilation, groups: groups)
            : ConvolutionGeometry(strideX: stride, paddingX: padding, dilationX: dilation, groups: groups)
    }

    /// The shape of [batch, time, channels] as an image, or of [out, kernel, in] as its kernel.
    func imageShape(_ s: [Int]) -> [Int] { alongRows ? [s[0], s[1], 1, s[2]] : [s[0], 1, s[1], s[2]] }

    private func checkRanks(_ input: [Int], _ weight: [Int], _ operation: String) throws(ShapeError) {
        guard input.count == 3, weight.count == 3 else {
            throw ShapeError(
                "[\(operation)] input must be [batch, time, channels] and the weight of rank 3, got \(input) "
                    + "and \(weight)")
        }
    }

    /// The shape of a convolution's result.
    /// - Throws: `ShapeError` if the convolution does not accept the shapes.
    public func outputShape(input: [Int], weight: [Int], bias: [Int]? = nil) throws(ShapeError) -> [Int] {
        try checkRanks(input, weight, "convolution_1d")
        let shape = try Convolution(geometry: asImage).outputShapes(
            [imageShape(input), imageShape(weight)] + (bias.map { [$0] } ?? []))[0]
        return [shape[0], shape[1] * shape[2], shape[3]]
    }

    /// The shape of a transposed convolution's result.
    /// - Throws: `ShapeError` if the convolution does not accept the shapes or the output padding.
    public func transposedOutputShape(
        input: [Int], weight: [Int], bias: [Int]? = nil, outputPadding: Int = 0
    ) throws(ShapeError) -> [Int] {
        try checkRanks(input, weight, "transposed_convolution_1d")
        let (y, x) = outputPaddings(outputPadding)
        let shape = try asImage.transposedOutputShape(
            input: imageShape(input), weight: imageShape(weight), bias: bias, outputPaddingY: y,
            outputPaddingX: x)
        return [shape[0], shape[1] * shape[2], shape[3]]
    }

    func outputPaddings(_ padding: Int) -> (y: Int, x: Int) { alongRows ? (padding, 0) : (0, padding) }
}

extension Tensor {
    /// Convolves signals [batch, time, in] with `weight` [out, kernel, in / groups]:
    /// y[n, t, o] = sum x[n, t stride + k dilation - padding, c] w[o, k, c] + bias[o].
    ///
    /// - Parameter bias: [out].
    /// - Returns: [batch, (time + 2 padding - dilation (kernel - 1) - 1) / stride + 1, out]. Traps on what
    ///   `ConvolutionGeometry1D.outputShape` refuses.
    public func convolved1D(
        _ weight: Tensor, bias: Tensor? = nil, _ geometry: ConvolutionGeometry1D = ConvolutionGeometry1D()
    ) -> Tensor {
        let result = orTrap { () throws(ShapeError) in
            try geometry.outputShape(input: shape, weight: weight.shape, bias: bias?.shape)
        }
        return reshaped(geometry.imageShape(shape))
            .convolved(weight.reshaped(geometry.imageShape(weight.shape)), bias: bias, geometry.asImage)
            .reshaped(result)
    }

    /// The adjoint: signals [batch, time, in] and `weight` [in, kernel, out / groups] ->
    /// [batch, (time - 1) stride - 2 padding + dilation (kernel - 1) + 1 + outputPadding, out].
    ///
    /// - Parameters:
    ///   - bias: [out].
    ///   - outputPadding: samples behind the last; smaller than the stride or the dilation.
    /// - Returns: the result. Traps on what `ConvolutionGeometry1D.transposedOutputShape` refuses.
    public func transposedConvolved1D(
        _ weight: Tensor, bias: Tensor? = nil, _ geometry: ConvolutionGeometry1D = ConvolutionGeometry1D(),
        outputPadding: Int = 0
    ) -> Tensor {
        let result = orTrap { () throws(ShapeError) in
            try geometry.transposedOutputShape(
                input: shape, weight: weight.shape, bias: bias?.shape, outputPadding: outputPadding)
        }
        let (y, x) = geometry.outputPaddings(outputPadding)
        return reshaped(geometry.imageShape(shape))
            .transposedConvolved(
                weight.reshaped(geometry.imageShape(weight.shape)), bias: bias, geometry.asImage,
                outputPaddingY: y, outputPaddingX: x
            )
            .reshaped(result)
    }
}
