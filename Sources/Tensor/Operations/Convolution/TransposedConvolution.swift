/// The adjoint of `Convolution` with respect to its input: input [n, h, w, in] and weight
/// [in, kh, kw, out] (+ bias [out]) -> [n, outputHeight, outputWidth, out]; every input position adds its
/// kernel to the output at s times its place.
///
/// Inputs are the sources, the weight and perhaps the bias; two sources stand for their concatenation along
/// the channels, which is never made.
struct TransposedConvolution: Primitive {
    static let name = "transposed_convolution"
    let geometry: ConvolutionGeometry
    let outputHeight: Int
    let outputWidth: Int
    var sources = 1

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let (x, w) = (inputs[0], inputs[sources])
        try geometry.validate(operation: Self.name)
        let channels = try ConvolutionInputs.channels(inputs, sources: sources, operation: Self.name)
        guard w.count == 4 else {
            throw ShapeError("[transposed_convolution] weight must be [in, height, width, out], got \(w)")
        }
        guard channels == w[0] else {
            throw ShapeError(
                "[transposed_convolution] weight expects \(w[0]) input channels, input has \(channels): "
                    + "input \(x), weight \(w)")
        }
        if inputs.count > sources + 1, inputs[sources + 1] != [w[3]] {
            throw ShapeError(
                "[transposed_convolution] bias must be [\(w[3])] for weight \(w), got \(inputs[sources + 1])")
        }
        let size = geometry.outputSize(
            height: outputHeight, width: outputWidth, kernelHeight: w[1], kernelWidth: w[2])
        guard size == (x[1], x[2]) else {
            throw ShapeError(
                "[transposed_convolution] no output of \(outputHeight)x\(outputWidth) comes from input \(x) with "
                    + "kernel \(w[1])x\(w[2]): the matching convolution would give \(size.height)x\(size.width)"
            )
        }
        return [[x[0], outputHeight, outputWidth, w[3]]]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let shape = outputShapes[0]
        let w = inputs[sources]
        let bias = inputs.count > sources + 1 ? inputs[sources + 1].contiguous() : nil
        let phases = TapPhase.transposed(
            geometry, kernelHeight: w.shape[1], kernelWidth: w.shape[2], height: shape[1], width: shape[2])
        let images = Array(inputs[..<sources])
        let kernel = KernelMatrix(w, transposed: true, sourceChannels: images.map { $0.shape[3] })
        // Outputs that no tap reaches exist when the stride is larger than the kernel.
        let covered = geometry.strideY <= w.shape[1] && geometry.strideX <= w.shape[2]
        return [
            Tensor(unfilled: shape) { out in
                if !covered {
                    for position in 0..<Shape.count(shape) {
                        out[position] = bias.map { $0.base[position % shape[3]] } ?? 0
                    }
                }
                ConvolutionEngine.current.convolve(
                    phases, sources: images, kernel: kernel, bias: bias, shape: shape, output: out)
            }
        ]
    }

    var retention: Retention { Retention(inputs: 1 << UInt64(sources + 1) - 1) }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let g = pass.cotangent()
        let w = pass.inputs[sources]
        let ranges = ConvolutionInputs.ranges(pass.inputs, sources: sources)
        var result: [Tensor?] = (0..<sources).map { source in
            guard pass.needs[source] else { return nil }
            return apply(
                Convolution(geometry: geometry), [g, sources == 1 ? w : w.slice(axis: 0, ranges[source])])[0]
        }
        result.append(
            pass.needs[sources]
                ? apply(
                    ConvolutionWeightGradient(
                        geometry: geometry, kernelHeight: w.shape[1], kernelWidth: w.shape[2]),
                    [g] + pass.inputs[..<sources])[0] : nil)
        if pass.inputs.count > sources + 1 {
            result.append(pass.needs[sources + 1] ? g.sum(axes: [0, 1, 2]) : nil)
        }
        return result
    }
}

extension Tensor {
    /// The adjoint: images [batch, height, width, in] and `weight` [in, kernel height, kernel width, out] ->
    /// [batch, (height - 1) stride - 2 padding + kernel + outputPadding, ..., out].
    public func transposedConvolved(
        _ weight: Tensor, bias: Tensor? = nil, _ geometry: ConvolutionGeometry = ConvolutionGeometry(),
        outputPaddingY: Int = 0, outputPaddingX: Int = 0
    ) -> Tensor {
        Tensor.transposedConvolved(
            [self], weight, bias: bias, geometry, outputPaddingY: outputPaddingY,
            outputPaddingX: outputPaddingX)
    }

    /// The same for one or two images, as if they were concatenated along the channels.
    public static func transposedConvolved(
        _ sources: [Tensor], _ weight: Tensor, bias: Tensor? = nil,
        _ geometry: ConvolutionGeometry = ConvolutionGeometry(), outputPaddingY: Int = 0,
        outputPaddingX: Int = 0
    ) -> Tensor {
        require(
            (1...2).contains(sources.count) && sources[0].rank == 4 && weight.rank == 4,
            "[transposed_convolution] takes 1 or 2 images and a weight of rank 4, got "
                + "\(sources.map(\.shape)), \(weight.shape)")
        let (x, w) = (sources[0].shape, weight.shape)
        let height = (x[1] - 1) * geometry.strideY - 2 * geometry.paddingY + w[1] + outputPaddingY
        let width = (x[2] - 1) * geometry.strideX - 2 * geometry.paddingX + w[2] + outputPaddingX
        return apply(
            TransposedConvolution(
                geometry: geometry, outputHeight: height, outputWidth: width, sources: sources.count),
            sources + [weight] + (bias.map { [$0] } ?? []))[0]
    }
}
