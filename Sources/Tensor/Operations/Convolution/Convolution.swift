/// input [n, h, w, in] * weight [out, kh, kw, in / groups] (+ bias [out]) -> [n, oh, ow, out]:
/// y[n, i, j, o] = sum x[n, i s + a d - p, j s + b d - p, c] w[o, a, b, c], cross-correlation as in every
/// deep-learning library, with stride s, padding p and dilation d.
///
/// Inputs are the sources, the weight and perhaps the bias; two sources stand for their concatenation along
/// the channels, which is never made.
struct Convolution: Primitive {
    static let name = "convolution"
    let geometry: ConvolutionGeometry
    var sources = 1

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let (x, w) = (inputs[0], inputs[sources])
        try geometry.validate(operation: Self.name)
        let channels = try ConvolutionInputs.channels(inputs, sources: sources, operation: Self.name)
        guard w.count == 4 else {
            throw ShapeError("[convolution] weight must be [out, height, width, in / groups], got \(w)")
        }
        guard channels == w[3] * geometry.groups else {
            throw ShapeError(
                "[convolution] weight expects \(w[3] * geometry.groups) input channels, input has \(channels): "
                    + "input \(x), weight \(w)\(geometry.groups > 1 ? ", \(geometry.groups) groups" : "")")
        }
        try ConvolutionInputs.validateGroups(geometry, outChannels: w[0], sources: sources, Self.name)
        if inputs.count > sources + 1, inputs[sources + 1] != [w[0]] {
            throw ShapeError(
                "[convolution] bias must be [\(w[0])] for weight \(w), got \(inputs[sources + 1])")
        }
        let size = geometry.outputSize(height: x[1], width: x[2], kernelHeight: w[1], kernelWidth: w[2])
        guard size.height > 0, size.width > 0 else {
            throw ShapeError(
                "[convolution] kernel \(w[1])x\(w[2]) is larger than the padded input: input \(x), padding "
                    + "\(geometry.paddingY)x\(geometry.paddingX)")
        }
        return [[x[0], size.height, size.width, w[0]]]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let shape = outputShapes[0]
        let w = inputs[sources]
        if DepthwiseConvolution.suits(geometry, weight: w.shape) {
            let phase = TapPhase.convolution(
                geometry, kernelHeight: w.shape[1], kernelWidth: w.shape[2], height: shape[1], width: shape[2]
            )
            return [
                Tensor(unfilled: shape) {
                    DepthwiseConvolution(input: inputs[0]).run(
                        [phase], weight: w, bias: inputs.count > 2 ? inputs[2] : nil, shape: shape, output: $0
                    )
                }
            ]
        }
        if geometry.groups > 1 {
            return [
                ConvolutionInputs.byGroup(geometry.groups) { group in
                    let part = Convolution(geometry: geometry.ofOneGroup)
                    let operands =
                        [group.share(of: inputs[0], axis: 3), group.share(of: w, axis: 0)]
                        + inputs.dropFirst(2).map { group.share(of: $0, axis: 0) }
                    return part.forward(
                        operands, outputShapes: [Array(shape[..<3]) + [shape[3] / geometry.groups]])[0]
                }.joined(axis: 3)
            ]
        }
        let phase = TapPhase.convolution(
            geometry, kernelHeight: w.shape[1], kernelWidth: w.shape[2], height: shape[1], width: shape[2])
        let images = Array(inputs[..<sources])
        let kernel = KernelMatrix(w, transposed: false, sourceChannels: images.map { $0.shape[3] })
        return [
            Tensor(unfilled: shape) {
                ConvolutionEngine.current.convolve(
                    [phase], sources: images, kernel: kernel,
                    bias: inputs.count > sources + 1 ? inputs[sources + 1] : nil, shape: shape, output: $0)
            }
        ]
    }

    var retention: Retention { Retention(inputs: 1 << UInt64(sources + 1) - 1) }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let g = pass.cotangent()
        let w = pass.inputs[sources]
        let size = pass.inputs[0].shape
        let ranges = ConvolutionInputs.ranges(pass.inputs, sources: sources)
        let input = TransposedConvolution(geometry: geometry, outputHeight: size[1], outputWidth: size[2])
        var result: [Tensor?] = (0..<sources).map { source in
            guard pass.needs[source] else { return nil }
            return apply(input, [g, sources == 1 ? w : w.slice(axis: 3, ranges[source])])[0]
        }
        result.append(
            pass.needs[sources]
                ? ConvolutionInputs.joined(
                    (0..<sources).map { source in
                        apply(
                            ConvolutionWeightGradient(
                                geometry: geometry, kernelHeight: w.shape[1], kernelWidth: w.shape[2]),
                            [pass.inputs[source], g])[0]
                    }, axis: 3) : nil)
        if pass.inputs.count > sources + 1 {
            result.append(pass.needs[sources + 1] ? g.sum(axes: [0, 1, 2]) : nil)
        }
        return result
    }
}

/// What convolutions with several sources have in common.
enum ConvolutionInputs {
    /// The channels of all sources together; checks that they are images of one size.
    static func channels(_ inputs: [[Int]], sources: Int, operation: String) throws(ShapeError) -> Int {
        for image in inputs[..<sources] {
            guard image.count == 4 else {
                throw ShapeError(
                    "[\(operation)] input must be [batch, height, width, channels], got \(image)")
            }
            guard image[..<3] == inputs[0][..<3] else {
                throw ShapeError(
                    "[\(operation)] sources \(inputs[0]) and \(image) differ beyond their channels")
            }
        }
        return inputs[..<sources].reduce(0) { $0 + $1[3] }
    }

    /// Where the channels of each source lie in the concatenation.
    static func ranges(_ inputs: [Tensor], sources: Int) -> [Range<Int>] {
        var start = 0
        return inputs[..<sources].map { image in
            defer { start += image.shape[3] }
            return start..<start + image.shape[3]
        }
    }

    static func joined(_ parts: [Tensor], axis: Int) -> Tensor {
        parts.count == 1 ? parts[0] : .concatenate(parts, axis: axis)
    }

    static func validateGroups(
        _ geometry: ConvolutionGeometry, outChannels: Int, sources: Int, _ operation: String
    ) throws(ShapeError) {
        guard geometry.groups == 1 || sources == 1 else {
            throw ShapeError(
                "[\(operation)] \(sources) sources cannot be divided into \(geometry.groups) groups")
        }
        guard outChannels % geometry.groups == 0 else {
            throw ShapeError(
                "[\(operation)] \(outChannels) output channels cannot be divided into \(geometry.groups) "
                    + "groups")
        }
    }

    /// One of the groups of channels.
    struct Group {
        let index, count: Int

        /// The group's part of an axis.
        func share(of tensor: Tensor, axis: Int) -> Tensor {
            let size = tensor.shape[axis] / count
            return tensor.detached.slice(axis: axis, index * size..<(index + 1) * size)
        }
    }

    /// What `body` makes of each group; nothing is recorded.
    static func byGroup(_ groups: Int, _ body: (Group) -> Tensor) -> GroupResults {
        GroupResults(parts: (0..<groups).map { body(Group(index: $0, count: groups)) })
    }

    struct GroupResults {
        let parts: [Tensor]
        func joined(axis: Int) -> Tensor { ConvolutionInputs.joined(parts, axis: axis) }
    }
}

extension Tensor {
    /// Convolves images [batch, height, width, in] with `weight` [out, kernel height, kernel width, in].
    public func convolved(
        _ weight: Tensor, bias: Tensor? = nil, _ geometry: ConvolutionGeometry = ConvolutionGeometry()
    ) -> Tensor {
        Tensor.convolved([self], weight, bias: bias, geometry)
    }

    /// Convolves one or two images as if they were concatenated along the channels.
    public static func convolved(
        _ sources: [Tensor], _ weight: Tensor, bias: Tensor? = nil,
        _ geometry: ConvolutionGeometry = ConvolutionGeometry()
    ) -> Tensor {
        require((1...2).contains(sources.count), "[convolution] takes 1 or 2 sources, not \(sources.count)")
        return apply(
            Convolution(geometry: geometry, sources: sources.count),
            sources + [weight] + (bias.map { [$0] } ?? []))[0]
    }
}
