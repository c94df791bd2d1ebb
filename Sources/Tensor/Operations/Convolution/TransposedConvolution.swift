/// The adjoint of `Convolution` with respect to its input: input [n, h, w, in] and weight
/// [in, kh, kw, out / groups] (+ bias [out]) -> [n, outputHeight, outputWidth, out]; every input position adds
/// its kernel to the output at s times its place.
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
        try ConvolutionInputs.validateGroups(geometry, outChannels: w[0], sources: sources, Self.name)
        let outChannels = w[3] * geometry.groups
        if inputs.count > sources + 1, inputs[sources + 1] != [outChannels] {
            throw ShapeError(
                "[transposed_convolution] bias must be [\(outChannels)] for weight \(w), got "
                    + "\(inputs[sources + 1])")
        }
        let size = geometry.outputSize(
            height: outputHeight, width: outputWidth, kernelHeight: w[1], kernelWidth: w[2])
        guard size == (x[1], x[2]) else {
            throw ShapeError(
                "[transposed_convolution] no output of \(outputHeight)x\(outputWidth) comes from input \(x) with "
                    + "kernel \(w[1])x\(w[2]): the matching convolution would give \(size.height)x\(size.width)"
            )
        }
        return [[x[0], outputHeight, outputWidth, outChannels]]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let shape = outputShapes[0]
        let w = inputs[sources]
        let isDepthwise = DepthwiseConvolution.suits(geometry, weight: w.shape)
        if geometry.groups > 1 && !isDepthwise {
            return [
                ConvolutionInputs.byGroup(geometry.groups) { group in
                    let part = TransposedConvolution(
                        geometry: geometry.ofOneGroup, outputHeight: outputHeight, outputWidth: outputWidth)
                    let operands =
                        [group.share(of: inputs[0], axis: 3), group.share(of: w, axis: 0)]
                        + inputs.dropFirst(2).map { group.share(of: $0, axis: 0) }
                    return part.forward(operands, outputShapes: [Array(shape[..<3]) + [w.shape[3]]])[0]
                }.joined(axis: 3)
            ]
        }
        let bias = inputs.count > sources + 1 ? inputs[sources + 1].contiguous() : nil
        let phases = TapPhase.transposed(
            geometry, kernelHeight: w.shape[1], kernelWidth: w.shape[2], height: shape[1], width: shape[2])
        let images = Array(inputs[..<sources])
        let kernel =
            isDepthwise ? nil : KernelMatrix(w, transposed: true, sourceChannels: images.map { $0.shape[3] })
        // Outputs that no tap reaches exist when the stride is larger than the kernel, or with dilations.
        let covered = phases.count == geometry.strideY * geometry.strideX
        return [
            Tensor(unfilled: shape) { out in
                if !covered {
                    for position in 0..<Shape.count(shape) {
                        out[position] = bias.map { $0.base[position % shape[3]] } ?? 0
                    }
                }
                guard let kernel else {
                    DepthwiseConvolution(input: images[0]).run(
                        phases, weight: w, bias: bias, shape: shape, output: out)
                    return
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
    /// The adjoint: images [batch, height, width, in] and `weight` [in, kernel height, kernel width,
    /// out / groups] -> [batch, (height - 1) stride - 2 padding + dilation (kernel - 1) + 1 + outputPadding, ...,
    /// out]. Output padding must be smaller than the stride or the dilation.
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
        let size = orTrap { () throws(ShapeError) in
            try geometry.transposedOutputSize(
                sources.first?.shape ?? [], weight.shape, outputPaddingY: outputPaddingY,
                outputPaddingX: outputPaddingX)
        }
        require(sources.count <= 2, "[transposed_convolution] takes 1 or 2 sources, not \(sources.count)")
        // An output padding beyond the stride comes from positions behind the last.
        let images = sources.map {
            $0.padded(axis: 1, before: 0, after: outputPaddingY / geometry.strideY)
                .padded(axis: 2, before: 0, after: outputPaddingX / geometry.strideX)
        }
        return apply(
            TransposedConvolution(
                geometry: geometry, outputHeight: size.height, outputWidth: size.width,
                sources: sources.count),
            images + [weight] + (bias.map { [$0] } ?? []))[0]
    }
}

extension ConvolutionGeometry {
    /// The shape of a transposed convolution's result for images [n, h, w, in], a weight
    /// [in, kh, kw, out / groups] and perhaps a bias [out].
    /// - Throws: `ShapeError` if the convolution does not accept the shapes or the output padding.
    public func transposedOutputShape(
        input: [Int], weight: [Int], bias: [Int]? = nil, outputPaddingY: Int = 0, outputPaddingX: Int = 0
    ) throws(ShapeError) -> [Int] {
        let size = try transposedOutputSize(
            input, weight, outputPaddingY: outputPaddingY, outputPaddingX: outputPaddingX)
        var extended = input
        extended[1] += outputPaddingY / strideY
        extended[2] += outputPaddingX / strideX
        return try TransposedConvolution(
            geometry: self, outputHeight: size.height, outputWidth: size.width
        ).outputShapes([extended, weight] + (bias.map { [$0] } ?? []))[0]
    }

    /// The shape of a convolution's result for images [n, h, w, in], a weight [out, kh, kw, in / groups] and
    /// perhaps a bias [out].
    /// - Throws: `ShapeError` if the convolution does not accept the shapes.
    public func outputShape(input: [Int], weight: [Int], bias: [Int]? = nil) throws(ShapeError) -> [Int] {
        try Convolution(geometry: self).outputShapes([input, weight] + (bias.map { [$0] } ?? []))[0]
    }

    fileprivate func transposedOutputSize(
        _ x: [Int], _ w: [Int], outputPaddingY: Int, outputPaddingX: Int
    ) throws(ShapeError) -> (height: Int, width: Int) {
        guard x.count == 4, w.count == 4 else {
            throw ShapeError("[transposed_convolution] takes images and a weight of rank 4, got \(x), \(w)")
        }
        try validate(operation: TransposedConvolution.name)
        guard outputPaddingY >= 0, outputPaddingY < max(strideY, dilationY), outputPaddingX >= 0,
            outputPaddingX < max(strideX, dilationX)
        else {
            throw ShapeError(
                "[transposed_convolution] output padding \(outputPaddingY)x\(outputPaddingX) must be smaller than "
                    + "the stride or the dilation: \(self)")
        }
        return (
            (x[1] - 1) * strideY - 2 * paddingY + (w[1] - 1) * dilationY + 1 + outputPaddingY,
            (x[2] - 1) * strideX - 2 * paddingX + (w[2] - 1) * dilationX + 1 + outputPaddingX
        )
    }
}
