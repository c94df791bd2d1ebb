import CKernels

/// How a two-dimensional convolution moves over its input.
public struct ConvolutionGeometry: Sendable, Hashable {
    /// Rows and columns between neighbouring output positions; 1 or more.
    public var strideY, strideX: Int
    /// Rows and columns of zeros around the input; 0 or more.
    public var paddingY, paddingX: Int

    public init(strideY: Int = 1, strideX: Int = 1, paddingY: Int = 0, paddingX: Int = 0) {
        (self.strideY, self.strideX, self.paddingY, self.paddingX) = (strideY, strideX, paddingY, paddingX)
    }

    public init(stride: Int, padding: Int) {
        self.init(strideY: stride, strideX: stride, paddingY: padding, paddingX: padding)
    }

    /// The number of output positions along one axis.
    static func outputSize(_ size: Int, kernel: Int, stride: Int, padding: Int) -> Int {
        let room = size + 2 * padding - kernel
        return room < 0 ? 0 : room / stride + 1
    }

    fileprivate func validate(operation: String) throws(ShapeError) {
        guard strideY > 0, strideX > 0, paddingY >= 0, paddingX >= 0 else {
            throw ShapeError("[\(operation)] strides must be 1 or more and padding 0 or more, got \(self)")
        }
    }
}

/// input [n, h, w, in] * weight [out, kh, kw, in] (+ bias [out]) -> [n, oh, ow, out]:
/// y[n, i, j, o] = sum x[n, i s + a - p, j s + b - p, c] w[o, a, b, c], cross-correlation as in every
/// deep-learning library.
struct Convolution: Primitive {
    static let name = "convolution"
    let geometry: ConvolutionGeometry

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let (x, w) = (inputs[0], inputs[1])
        try geometry.validate(operation: "convolution")
        guard x.count == 4, w.count == 4 else {
            throw ShapeError(
                "[convolution] input must be [batch, height, width, channels] and weight [out, height, width, in], "
                    + "got \(x) and \(w)")
        }
        guard x[3] == w[3] else {
            throw ShapeError(
                "[convolution] weight expects \(w[3]) input channels, input has \(x[3]): input \(x), weight \(w)"
            )
        }
        if inputs.count > 2, inputs[2] != [w[0]] {
            throw ShapeError("[convolution] bias must be [\(w[0])] for weight \(w), got \(inputs[2])")
        }
        let height = ConvolutionGeometry.outputSize(
            x[1], kernel: w[1], stride: geometry.strideY, padding: geometry.paddingY)
        let width = ConvolutionGeometry.outputSize(
            x[2], kernel: w[2], stride: geometry.strideX, padding: geometry.paddingX)
        guard height > 0, width > 0 else {
            throw ShapeError(
                "[convolution] kernel \(w[1])x\(w[2]) is larger than the padded input: input \(x), padding "
                    + "\(geometry.paddingY)x\(geometry.paddingX)")
        }
        return [[x[0], height, width, w[0]]]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let shape = outputShapes[0]
        let x = inputs[0].contiguous()
        let w = inputs[1].contiguous()
        let bias = inputs.count > 2 ? inputs[2].contiguous() : nil
        let product = PatchProduct(
            batch: shape[0], height: x.shape[1], width: x.shape[2], channels: x.shape[3],
            outHeight: shape[1], outWidth: shape[2], outChannels: shape[3])
        let phase = Self.phase(geometry, kernel: w.shape, outHeight: shape[1], outWidth: shape[2], weights: w)
        return [
            withExtendedLifetime((x.storage, w.storage, bias?.storage)) {
                Tensor(unfilled: shape) {
                    product.run([phase], input: x.base, bias: bias?.base, output: $0)
                }
            }
        ]
    }

    /// The patches of an ordinary convolution with a weight [out, kh, kw, in].
    static func phase(
        _ geometry: ConvolutionGeometry, kernel: [Int], outHeight: Int, outWidth: Int, weights: Tensor?
    ) -> PatchProduct.Phase {
        PatchProduct.Phase(
            rows: outHeight, columns: outWidth, inputStepY: geometry.strideY, inputStepX: geometry.strideX,
            tapOffsetsY: (0..<kernel[1]).map { $0 - geometry.paddingY }, tapColumns: kernel[2],
            firstTapX: -geometry.paddingX, weights: weights?.storage ?? .hollow,
            weightOffset: weights?.offset ?? 0, transposed: true)
    }

    var retention: Retention { .inputs(0, 1) }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let g = pass.cotangent()
        let (x, w) = (pass.inputs[0], pass.inputs[1])
        var result: [Tensor?] = [
            pass.needs[0]
                ? apply(
                    TransposedConvolution(
                        geometry: geometry, outputHeight: x.shape[1], outputWidth: x.shape[2]),
                    [g, w])[0] : nil,
            pass.needs[1]
                ? apply(
                    ConvolutionWeightGradient(
                        geometry: geometry, kernelHeight: w.shape[1], kernelWidth: w.shape[2]),
                    [x, g])[0] : nil,
        ]
        if pass.inputs.count > 2 { result.append(pass.needs[2] ? g.sum(axes: [0, 1, 2]) : nil) }
        return result
    }
}

/// The adjoint of `Convolution` with respect to its input: input [n, h, w, in] and weight
/// [in, kh, kw, out] (+ bias [out]) -> [n, outputHeight, outputWidth, out]; every input position adds its
/// kernel to the output at s times its place.
struct TransposedConvolution: Primitive {
    static let name = "transposed_convolution"
    let geometry: ConvolutionGeometry
    let outputHeight: Int
    let outputWidth: Int

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let (x, w) = (inputs[0], inputs[1])
        try geometry.validate(operation: "transposed_convolution")
        guard x.count == 4, w.count == 4 else {
            throw ShapeError(
                "[transposed_convolution] input must be [batch, height, width, channels] and weight "
                    + "[in, height, width, out], got \(x) and \(w)")
        }
        guard x[3] == w[0] else {
            throw ShapeError(
                "[transposed_convolution] weight expects \(w[0]) input channels, input has \(x[3]): input \(x), "
                    + "weight \(w)")
        }
        if inputs.count > 2, inputs[2] != [w[3]] {
            throw ShapeError(
                "[transposed_convolution] bias must be [\(w[3])] for weight \(w), got \(inputs[2])")
        }
        let height = ConvolutionGeometry.outputSize(
            outputHeight, kernel: w[1], stride: geometry.strideY, padding: geometry.paddingY)
        let width = ConvolutionGeometry.outputSize(
            outputWidth, kernel: w[2], stride: geometry.strideX, padding: geometry.paddingX)
        guard height == x[1], width == x[2] else {
            throw ShapeError(
                "[transposed_convolution] no output of \(outputHeight)x\(outputWidth) comes from input \(x) with "
                    + "kernel \(w[1])x\(w[2]): the matching convolution would give \(height)x\(width)")
        }
        return [[x[0], outputHeight, outputWidth, w[3]]]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let shape = outputShapes[0]
        let x = inputs[0].contiguous()
        let w = inputs[1].contiguous()
        let bias = inputs.count > 2 ? inputs[2].contiguous() : nil
        let product = PatchProduct(
            batch: shape[0], height: x.shape[1], width: x.shape[2], channels: x.shape[3],
            outHeight: shape[1], outWidth: shape[2], outChannels: shape[3])
        let phases = phases(w)
        // Outputs that no tap reaches exist when the stride is larger than the kernel.
        let covered = geometry.strideY <= w.shape[1] && geometry.strideX <= w.shape[2]
        return [
            withExtendedLifetime((x.storage, bias?.storage)) {
                Tensor(unfilled: shape) { out in
                    if !covered {
                        for position in 0..<Shape.count(shape) {
                            out[position] = bias.map { $0.base[position % shape[3]] } ?? 0
                        }
                    }
                    product.run(phases, input: x.base, bias: bias?.base, output: out)
                }
            }
        ]
    }

    /// One phase for each place of an output within the stride; each has the taps that reach it.
    private func phases(_ w: Tensor) -> [PatchProduct.Phase] {
        let (inChannels, kernelHeight, kernelWidth, outChannels) = (
            w.shape[0], w.shape[1], w.shape[2], w.shape[3]
        )
        var result: [PatchProduct.Phase] = []
        for firstY in 0..<min(geometry.strideY, outputHeight) {
            // Descending taps read ascending input rows.
            let tapsY = (0..<kernelHeight).reversed().filter {
                (firstY + geometry.paddingY - $0) % geometry.strideY == 0
            }
            for firstX in 0..<min(geometry.strideX, outputWidth) {
                let tapsX = (0..<kernelWidth).reversed().filter {
                    (firstX + geometry.paddingX - $0) % geometry.strideX == 0
                }
                guard let leftTap = tapsX.first, !tapsY.isEmpty else { continue }
                let packed = Storage(count: tapsY.count * tapsX.count * inChannels * outChannels)
                var to = packed.pointer
                for tapY in tapsY {
                    for tapX in tapsX {
                        ck_copy_rows_bias(
                            w.base + (tapY * kernelWidth + tapX) * outChannels,
                            kernelHeight * kernelWidth * outChannels, nil, to, outChannels, inChannels,
                            outChannels)
                        to += inChannels * outChannels
                    }
                }
                result.append(
                    PatchProduct.Phase(
                        rows: (outputHeight - firstY + geometry.strideY - 1) / geometry.strideY,
                        columns: (outputWidth - firstX + geometry.strideX - 1) / geometry.strideX,
                        firstY: firstY, firstX: firstX, stepY: geometry.strideY, stepX: geometry.strideX,
                        tapOffsetsY: tapsY.map { (firstY + geometry.paddingY - $0) / geometry.strideY },
                        tapColumns: tapsX.count,
                        firstTapX: (firstX + geometry.paddingX - leftTap) / geometry.strideX,
                        weights: packed, transposed: false))
            }
        }
        return result
    }

    var retention: Retention { .inputs(0, 1) }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let g = pass.cotangent()
        let (x, w) = (pass.inputs[0], pass.inputs[1])
        var result: [Tensor?] = [
            pass.needs[0] ? apply(Convolution(geometry: geometry), [g, w])[0] : nil,
            pass.needs[1]
                ? apply(
                    ConvolutionWeightGradient(
                        geometry: geometry, kernelHeight: w.shape[1], kernelWidth: w.shape[2]),
                    [g, x])[0] : nil,
        ]
        if pass.inputs.count > 2 { result.append(pass.needs[2] ? g.sum(axes: [0, 1, 2]) : nil) }
        return result
    }
}

/// The gradient of `Convolution` with respect to its weight: (input, upstream [n, oh, ow, out]) ->
/// [out, kh, kw, in].
struct ConvolutionWeightGradient: Primitive {
    static let name = "convolution_weight_gradient"
    let geometry: ConvolutionGeometry
    let kernelHeight: Int
    let kernelWidth: Int

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard inputs[0].count == 4, inputs[1].count == 4 else {
            throw ShapeError(
                "[convolution_weight_gradient] needs two images, got \(inputs[0]) and \(inputs[1])")
        }
        let shape = [inputs[1][3], kernelHeight, kernelWidth, inputs[0][3]]
        let expected = try Convolution(geometry: geometry).outputShapes([inputs[0], shape])[0]
        guard expected == inputs[1] else {
            throw ShapeError("[convolution_weight_gradient] upstream must be \(expected), got \(inputs[1])")
        }
        return [shape]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let shape = outputShapes[0]
        let x = inputs[0].contiguous()
        let g = inputs[1].contiguous()
        let rows = g.shape[0] * g.shape[1] * g.shape[2]
        return [
            withExtendedLifetime((x.storage, g.storage)) {
                Tensor(unfilled: shape) { out in
                    if Shape.count(shape) <= 1 << 16 {
                        sumOverRowGroups(x, g, rows: rows, shape: shape, into: out)
                    } else {
                        splitByTaps(x, g, rows: rows, shape: shape, into: out)
                    }
                }
            }
        ]
    }

    /// Small weights: groups of rows have a partial sum each, which are added in order.
    private func sumOverRowGroups(
        _ x: Tensor, _ g: Tensor, rows: Int, shape: [Int], into out: UnsafeMutablePointer<Float>
    ) {
        let size = Shape.count(shape)
        let groups = max(1, min(8, rows / 512))
        let perGroup = (rows + groups - 1) / groups
        let partials = Storage(count: groups * size)
        let phase = Convolution.phase(
            geometry, kernel: shape, outHeight: g.shape[1], outWidth: g.shape[2], weights: nil)
        ThreadPool.shared.run(groups) { group in
            accumulate(
                x, g, rows: min(rows, group * perGroup)..<min(rows, (group + 1) * perGroup), phase: phase,
                outChannels: 0..<shape[0], into: partials.pointer + group * size, stride: size / shape[0])
        }
        ThreadPool.shared.run(size, grain: Elementwise.grain) { range in
            (out + range.lowerBound).update(from: partials.pointer + range.lowerBound, count: range.count)
            for group in 1..<max(1, groups) {
                ck_accumulate(
                    partials.pointer + group * size + range.lowerBound, out + range.lowerBound, range.count)
            }
        }
    }

    /// Large weights: each piece has its own rows of taps and half of the output channels.
    private func splitByTaps(
        _ x: Tensor, _ g: Tensor, rows: Int, shape: [Int], into out: UnsafeMutablePointer<Float>
    ) {
        let depth = kernelHeight * kernelWidth * shape[3]
        let half = (shape[0] + 1) / 2
        ThreadPool.shared.run(kernelHeight * 2) { piece in
            let tap = piece / 2
            let channels = piece % 2 == 0 ? 0..<half : half..<shape[0]
            var phase = Convolution.phase(
                geometry, kernel: shape, outHeight: g.shape[1], outWidth: g.shape[2], weights: nil)
            phase.tapOffsetsY = [phase.tapOffsetsY[tap]]
            accumulate(
                x, g, rows: 0..<rows, phase: phase, outChannels: channels,
                into: out + channels.lowerBound * depth + tap * kernelWidth * shape[3], stride: depth)
        }
    }

    private func accumulate(
        _ x: Tensor, _ g: Tensor, rows: Range<Int>, phase: PatchProduct.Phase, outChannels: Range<Int>,
        into out: UnsafeMutablePointer<Float>, stride outStride: Int
    ) {
        let depth = phase.depth(x.shape[3])
        let tile = max(64, min(2048, (1 << 18) / max(1, depth) / 16 * 16))
        let patches = Storage(count: min(tile, max(1, rows.count)) * depth)
        if rows.isEmpty {
            for channel in outChannels.indices {
                (out + (channel - outChannels.lowerBound) * outStride).update(repeating: 0, count: depth)
            }
        }
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: tile) {
            let part = start..<min(rows.upperBound, start + tile)
            PatchProduct.gather(
                x.base, height: x.shape[1], width: x.shape[2], channels: x.shape[3], phase: phase, rows: part,
                into: patches.pointer)
            MatrixMultiply.run(
                m: outChannels.count, n: depth, k: part.count,
                g.base + start * g.shape[3] + outChannels.lowerBound, g.shape[3], transposedA: true,
                patches.pointer, depth, into: out, outStride, beta: start == rows.lowerBound ? 0 : 1)
        }
    }

    var retention: Retention { .inputs(0, 1) }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let g = pass.cotangent()
        let (x, upstream) = (pass.inputs[0], pass.inputs[1])
        return [
            pass.needs[0]
                ? apply(
                    TransposedConvolution(
                        geometry: geometry, outputHeight: x.shape[1], outputWidth: x.shape[2]),
                    [upstream, g])[0] : nil,
            pass.needs[1] ? apply(Convolution(geometry: geometry), [x, g])[0] : nil,
        ]
    }
}

extension Tensor {
    /// Convolves images [batch, height, width, in] with `weight` [out, kernel height, kernel width, in].
    public func convolved(
        _ weight: Tensor, bias: Tensor? = nil, _ geometry: ConvolutionGeometry = ConvolutionGeometry()
    ) -> Tensor {
        apply(Convolution(geometry: geometry), [self, weight] + (bias.map { [$0] } ?? []))[0]
    }

    /// The adjoint: images [batch, height, width, in] and `weight` [in, kernel height, kernel width, out] ->
    /// [batch, (height - 1) stride - 2 padding + kernel + outputPadding, ..., out].
    public func transposedConvolved(
        _ weight: Tensor, bias: Tensor? = nil, _ geometry: ConvolutionGeometry = ConvolutionGeometry(),
        outputPaddingY: Int = 0, outputPaddingX: Int = 0
    ) -> Tensor {
        require(
            rank == 4 && weight.rank == 4,
            "[transposed_convolution] needs rank 4, got \(shape), \(weight.shape)")
        let height =
            (shape[1] - 1) * geometry.strideY - 2 * geometry.paddingY + weight.shape[1] + outputPaddingY
        let width =
            (shape[2] - 1) * geometry.strideX - 2 * geometry.paddingX + weight.shape[2] + outputPaddingX
        return apply(
            TransposedConvolution(geometry: geometry, outputHeight: height, outputWidth: width),
            [self, weight] + (bias.map { [$0] } ?? []))[0]
    }
}
