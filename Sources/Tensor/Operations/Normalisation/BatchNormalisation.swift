import CKernels

/// Normalises each channel over all other axes, scales and shifts it (Ioffe & Szegedy 2015), and passes it
/// through a leaky ReLU: (x [..., c], scale [c], shift [c]) -> (y, mean [c], biased variance [c]).
///
/// The activation is part of the operation because each pass over memory costs as much as all of the
/// arithmetic; its backward pass reads the sign from x again, so its input is never stored.
/// Mean and variance are for running statistics; nothing may be differentiated through them.
struct BatchNormalisation: Primitive {
    static let name = "batch_normalisation"
    let epsilon: Float
    /// Slope of the activation below zero; 1 is no activation.
    var slope: Float = 1

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard let channels = inputs[0].last, inputs[0].count >= 2 else {
            throw ShapeError("[batch_normalisation] input must be [..., channels], got \(inputs[0])")
        }
        guard inputs[1] == [channels], inputs[2] == [channels] else {
            throw ShapeError(
                "[batch_normalisation] scale and shift must be [\(channels)] for input \(inputs[0]), got "
                    + "\(inputs[1]) and \(inputs[2])")
        }
        // Nothing at all has no statistics, and no values that need them.
        guard Shape.count(inputs[0]) / max(1, channels) != 1 else {
            throw ShapeError(
                "[batch_normalisation] needs more than one value per channel, input is \(inputs[0])")
        }
        return [inputs[0], [channels], [channels]]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let x = inputs[0].contiguous()
        let channels = outputShapes[1][0]
        let rows = x.count / max(1, channels)
        if rows == 0 { return [x, .zeros([channels]), .zeros([channels])] }
        // Sums are taken around the first row, so that a large mean does not swallow the variance.
        let pivot = Array(UnsafeBufferPointer(start: x.base, count: channels))
        let totals = ColumnTotals.compute(rows: rows, columns: channels, quantities: 2) { range, sums in
            ck_moments(
                x.base + range.lowerBound * channels, pivot, range.count, channels, sums, sums + channels)
        }
        var mean = [Float](repeating: 0, count: channels)
        var variance = mean
        for channel in 0..<channels {
            let difference = totals[channel] / Double(rows)
            let spread = max(0, totals[channels + channel] / Double(rows) - difference * difference)
            mean[channel] = Float(Double(pivot[channel]) + difference)
            variance[channel] = Float(spread)
        }
        let (factor, offset) = NormalisationFactors.affine(
            scale: inputs[1].values, shift: inputs[2].values, mean: mean, variance: variance, epsilon: epsilon
        )
        let y = withExtendedLifetime(x.storage) {
            Tensor(unfilled: x.shape) { out in
                let base = x.base
                ThreadPool.shared.run(rows, grain: max(1, Elementwise.grain / channels)) { range in
                    let start = range.lowerBound * channels
                    ck_scale_shift(base + start, factor, offset, slope, out + start, range.count, channels)
                }
            }
        }
        return [y, Tensor(mean), Tensor(variance)]
    }

    var retention: Retention { .allInputs.and(.outputs(1, 2)) }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        require(
            pass.upstream[1] == nil && pass.upstream[2] == nil,
            "[batch_normalisation] mean and variance are statistics without a gradient")
        let result = apply(
            BatchNormalisationGradient(epsilon: epsilon, slope: slope),
            pass.inputs + [pass.outputs[1], pass.outputs[2], pass.cotangent()])
        return [result[0], result[1], result[2]]
    }
}

/// The factor and offset of each channel that normalise, scale and shift in one multiply-add.
private enum NormalisationFactors {
    static func affine(
        scale: [Float], shift: [Float], mean: [Float], variance: [Float], epsilon: Float
    ) -> (factor: [Float], offset: [Float]) {
        let factor = scale.indices.map {
            scale[$0] / Float((Double(variance[$0]) + Double(epsilon)).squareRoot())
        }
        return (factor, shift.indices.map { shift[$0] - mean[$0] * factor[$0] })
    }
}

/// (x, scale, shift, mean, variance, upstream g) -> gradients with respect to x, scale and shift.
struct BatchNormalisationGradient: Primitive {
    static let name = "batch_normalisation_gradient"
    let epsilon: Float
    var slope: Float = 1

    func outputShapes(_ inputs: [[Int]]) -> [[Int]] { [inputs[0], inputs[1], inputs[1]] }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let x = inputs[0].contiguous()
        let g = inputs[5].contiguous()
        let channels = outputShapes[1][0]
        let rows = x.count / max(1, channels)
        if rows == 0 { return [x, .zeros([channels]), .zeros([channels])] }
        let (scale, mean, variance) = (inputs[1].values, inputs[3].values, inputs[4].values)
        let (factor, offset) = NormalisationFactors.affine(
            scale: scale, shift: inputs[2].values, mean: mean, variance: variance, epsilon: epsilon)
        let inverse = variance.map { 1 / ($0 + epsilon).squareRoot() }
        var totals = ColumnTotals.compute(rows: rows, columns: channels, quantities: 2) { range, sums in
            let start = range.lowerBound * channels
            ck_normalise_gradient_sums(
                x.base + start, g.base + start, factor, offset, slope, mean, range.count, channels, sums,
                sums + channels)
        }
        for channel in 0..<channels { totals[channels + channel] *= Double(inverse[channel]) }
        // dx = scale inverse (g - mean(g) - xhat mean(g xhat)), written as factor g + b x + d.
        var b = [Float](repeating: 0, count: channels)
        var d = b
        for channel in 0..<channels {
            let meanG = Float(totals[channel] / Double(rows))
            let meanGX = Float(totals[channels + channel] / Double(rows))
            b[channel] = -factor[channel] * inverse[channel] * meanGX
            d[channel] = -factor[channel] * meanG - b[channel] * mean[channel]
        }
        let dx = withExtendedLifetime((x.storage, g.storage)) {
            Tensor(unfilled: x.shape) { out in
                let (xBase, gBase) = (x.base, g.base)
                ThreadPool.shared.run(rows, grain: max(1, Elementwise.grain / channels)) { range in
                    let start = range.lowerBound * channels
                    ck_normalise_gradient(
                        xBase + start, gBase + start, factor, offset, slope, b, d, out + start, range.count,
                        channels)
                }
            }
        }
        let sums = totals.map { Float($0) }
        return [dx, Tensor(Array(sums[channels...])), Tensor(Array(sums[..<channels]))]
    }

    var retention: Retention { .allInputs }

    /// The second derivative, through the same formula in elementary operations.
    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let (plainScale, shift) = (pass.inputs[1].detached, pass.inputs[2].detached)
        let derivative = ComposedDerivative(
            composition: { inputs in
                let (x, scale, upstream) = (inputs[0], inputs[1], inputs[2])
                let axes = Array(0..<(x.rank - 1))
                let centred = x - x.mean(axes: axes, keepingAxes: true)
                let inverse = (centred.squared().mean(axes: axes, keepingAxes: true) + epsilon).squareRoot()
                    .reciprocal()
                let normal = centred * inverse
                // The activation is linear on either side of zero.
                let negative = Tape.withoutRecording {
                    ((normal * plainScale + shift).sign() - 1) * (-0.5 * (1 - slope))
                }
                let g = upstream * (1 - negative)
                let meanG = g.mean(axes: axes, keepingAxes: true)
                let meanGX = (g * normal).mean(axes: axes, keepingAxes: true)
                return [
                    (g - meanG - normal * meanGX) * inverse * scale, (g * normal).sum(axes: axes),
                    g.sum(axes: axes),
                ]
            }, directed: [[true, true, true]])
        let directions = (0..<3).map { pass.cotangent($0) }
        let result = apply(derivative, [pass.inputs[0], pass.inputs[1], pass.inputs[5]] + directions)
        return [result[0], result[1], nil, nil, nil, result[2]]
    }
}

extension Tensor {
    /// Normalises each channel (last axis) over all other axes, then scales and shifts it.
    /// - Parameter slope: of a leaky ReLU behind it; 1, the default, is none.
    /// - Returns: the result, and the mean and biased variance of each channel.
    public func batchNormalised(
        scale: Tensor, shift: Tensor, epsilon: Float = 1e-5, slope: Float = 1
    ) -> (output: Tensor, mean: Tensor, variance: Tensor) {
        let result = apply(BatchNormalisation(epsilon: epsilon, slope: slope), [self, scale, shift])
        return (result[0], result[1].detached, result[2].detached)
    }
}
