/// The gradient of `Convolution` with respect to its weight: (input, upstream [n, oh, ow, out] ...) ->
/// [out, kh, kw, in / groups]; several upstreams stand for their concatenation along the channels.
struct ConvolutionWeightGradient: Primitive {
    static let name = "convolution_weight_gradient"
    let geometry: ConvolutionGeometry
    let kernelHeight: Int
    let kernelWidth: Int

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let x = inputs[0]
        let upstreams = Array(inputs.dropFirst())
        guard x.count == 4 else {
            throw ShapeError("[convolution_weight_gradient] input must be [n, h, w, c], got \(x)")
        }
        let channels = try ConvolutionInputs.channels(
            upstreams, sources: upstreams.count, operation: Self.name)
        try geometry.validate(operation: Self.name)
        guard x[3] % geometry.groups == 0 else {
            throw ShapeError(
                "[convolution_weight_gradient] \(x[3]) input channels cannot be divided into \(geometry.groups) "
                    + "groups")
        }
        let shape = [channels, kernelHeight, kernelWidth, x[3] / geometry.groups]
        let expected = try Convolution(geometry: geometry).outputShapes([x, shape])[0]
        guard expected[..<3] == upstreams[0][..<3] else {
            throw ShapeError("[convolution_weight_gradient] upstream must be \(expected), got \(upstreams)")
        }
        return [shape]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let upstreams = Array(inputs.dropFirst())
        if DepthwiseConvolution.suits(geometry, weight: outputShapes[0]) {
            let phase = TapPhase.convolution(
                geometry, kernelHeight: kernelHeight, kernelWidth: kernelWidth,
                height: upstreams[0].shape[1], width: upstreams[0].shape[2])
            return [
                Tensor(unfilled: outputShapes[0]) {
                    DepthwiseConvolution(input: inputs[0]).weightGradient(
                        phase, upstream: upstreams[0], output: $0)
                }
            ]
        }
        if geometry.groups > 1 {
            var shape = outputShapes[0]
            shape[0] /= geometry.groups
            return [
                ConvolutionInputs.byGroup(geometry.groups) { group in
                    let part = ConvolutionWeightGradient(
                        geometry: geometry.ofOneGroup, kernelHeight: kernelHeight, kernelWidth: kernelWidth)
                    return part.forward(inputs.map { group.share(of: $0, axis: 3) }, outputShapes: [shape])[0]
                }.joined(axis: 0)
            ]
        }
        let phase = TapPhase.convolution(
            geometry, kernelHeight: kernelHeight, kernelWidth: kernelWidth, height: upstreams[0].shape[1],
            width: upstreams[0].shape[2])
        return [
            Tensor(unfilled: outputShapes[0]) {
                ConvolutionEngine.current.weightGradient(
                    phase, input: inputs[0], upstreams: upstreams, output: $0)
            }
        ]
    }

    var retention: Retention { .allInputs }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let g = pass.cotangent()
        let x = pass.inputs[0]
        let upstreams = Array(pass.inputs.dropFirst())
        let ranges = ConvolutionInputs.ranges(upstreams, sources: upstreams.count)
        let input = TransposedConvolution(
            geometry: geometry, outputHeight: x.shape[1], outputWidth: x.shape[2], sources: upstreams.count)
        return [pass.needs[0] ? apply(input, upstreams + [g])[0] : nil]
            + upstreams.indices.map { index in
                pass.needs[index + 1]
                    ? apply(Convolution(geometry: geometry), [x, g.slice(axis: 0, ranges[index])])[0] : nil
            }
    }
}
