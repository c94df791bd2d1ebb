import CKernels

/// Normalises groups of channels of each sample over all positions (Wu & He 2018), scales and shifts them:
/// (x [n, positions, c], scale [c], shift [c]) -> (y, mean [n, groups], biased variance [n, groups]).
///
/// One group is layer normalisation of a whole sample, as many groups as channels instance normalisation
/// (Ulyanov et al. 2016). Mean and variance are for running statistics; nothing may be differentiated through
/// them.
struct GroupNormalisation: Primitive {
    static let name = "group_normalisation"
    let groups: Int
    let epsilon: Float

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let x = inputs[0]
        guard x.count == 3 else {
            throw ShapeError("[group_normalisation] input must be [batch, positions, channels], got \(x)")
        }
        guard groups > 0, x[2] % groups == 0 else {
            throw ShapeError("[group_normalisation] \(x[2]) channels cannot be divided into \(groups) groups")
        }
        guard inputs[1] == [x[2]], inputs[2] == [x[2]] else {
            throw ShapeError(
                "[group_normalisation] scale and shift must be [\(x[2])] for input \(x), got \(inputs[1]) and "
                    + "\(inputs[2])")
        }
        return [x, [x[0], groups], [x[0], groups]]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let x = inputs[0].contiguous()
        let (scale, shift) = (inputs[1].values, inputs[2].values)
        let mean = Tensor.zeros(outputShapes[1])
        let variance = Tensor.zeros(outputShapes[1])
        let passes = GroupPasses(x, groups: groups)
        let y = withExtendedLifetime((x.storage, mean.storage, variance.storage)) {
            Tensor(unfilled: x.shape) { out in
                ThreadPool.shared.run(passes.batch) { sample in
                    let statistics = passes.statistics(sample)
                    for group in 0..<groups {
                        mean.storage.pointer[sample * groups + group] = Float(statistics[group].mean)
                        variance.storage.pointer[sample * groups + group] = Float(statistics[group].variance)
                    }
                    let (factor, offset) = passes.affine(
                        statistics, scale: scale, shift: shift, epsilon: epsilon)
                    passes.overRows { rows in
                        let start = (sample * passes.rows + rows.lowerBound) * passes.channels
                        ck_scale_shift(
                            passes.base + start, factor, offset, 1, out + start, rows.count, passes.channels)
                    }
                }
            }
        }
        return [y, mean, variance]
    }

    var retention: Retention { .inputs(0, 1).and(.outputs(1, 2)) }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        require(
            pass.upstream[1] == nil && pass.upstream[2] == nil,
            "[group_normalisation] mean and variance are statistics without a gradient")
        return apply(
            GroupNormalisationGradient(groups: groups, epsilon: epsilon),
            [pass.inputs[0], pass.inputs[1], pass.outputs[1], pass.outputs[2], pass.cotangent()])
    }

    /// The same in elementary operations.
    static func composed(
        _ x: Tensor, scale: Tensor, shift: Tensor, groups: Int, epsilon: Float
    ) -> Tensor {
        let s = x.shape
        let parts = x.reshaped([s[0], s[1], groups, s[2] / groups])
        let centred = parts - parts.mean(axes: [1, 3], keepingAxes: true)
        let spread = centred.squared().mean(axes: [1, 3], keepingAxes: true) + epsilon
        return (centred * spread.squareRoot().reciprocal()).reshaped(s) * scale + shift
    }
}

/// (x, scale, mean, variance, upstream g) -> gradients with respect to x, scale and shift.
struct GroupNormalisationGradient: Primitive {
    static let name = "group_normalisation_gradient"
    let groups: Int
    let epsilon: Float

    func outputShapes(_ inputs: [[Int]]) -> [[Int]] { [inputs[0], inputs[1], inputs[1]] }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let (x, g) = (inputs[0].contiguous(), inputs[4].contiguous())
        let (scale, mean, variance) = (inputs[1].values, inputs[2].values, inputs[3].values)
        let passes = GroupPasses(x, groups: groups)
        let channels = passes.channels
        // Sums of g and of g xhat for each sample and channel.
        let sums = Storage(count: 2 * passes.batch * channels)
        let dx = withExtendedLifetime((x.storage, g.storage)) {
            Tensor(unfilled: x.shape) { out in
                let upstream = g.base
                ThreadPool.shared.run(passes.batch) { sample in
                    let statistics = (0..<groups).map {
                        GroupPasses.Statistics(
                            mean: Double(mean[sample * groups + $0]),
                            variance: Double(variance[sample * groups + $0]))
                    }
                    passes.gradient(
                        sample, statistics, scale: scale, epsilon: epsilon, upstream: upstream, out: out,
                        sums: sums.pointer)
                }
            }
        }
        func total(_ quantity: Int) -> Tensor {
            var totals = [Double](repeating: 0, count: channels)
            for sample in 0..<passes.batch {
                let from = sums.pointer + (quantity * passes.batch + sample) * channels
                for channel in 0..<channels { totals[channel] += Double(from[channel]) }
            }
            return Tensor(totals.map { Float($0) })
        }
        return [dx, total(1), total(0)]
    }

    var retention: Retention { .allInputs }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let shift = Tensor.zeros(pass.inputs[1].shape)
        let result = ComposedGradient.cotangents(
            inputs: [pass.inputs[0], pass.inputs[1], shift], upstreams: [pass.inputs[4]],
            directions: pass.upstream
        ) {
            [GroupNormalisation.composed($0[0], scale: $0[1], shift: $0[2], groups: groups, epsilon: epsilon)]
        }
        return [result[0], result[1], nil, nil, result[3]]
    }
}

extension Tensor {
    /// Normalises groups of channels (last axis) of each sample (first axis) over all positions, then scales and
    /// shifts each channel.
    ///
    /// - Parameters:
    ///   - groups: a divisor of the channels; as many as channels is instance normalisation.
    ///   - scale: [channels]; default ones.
    ///   - shift: [channels]; default zeros.
    ///   - epsilon: added to the variance, default 1e-5.
    /// - Returns: the result, of the same shape, and the mean and biased variance [batch, groups]. Traps on what
    ///   `validateGroupNormalisation` refuses.
    public func groupNormalised(
        groups: Int, scale: Tensor? = nil, shift: Tensor? = nil, epsilon: Float = 1e-5
    ) -> (output: Tensor, mean: Tensor, variance: Tensor) {
        orTrap { () throws(ShapeError) in
            try Self.validateGroupNormalisation(
                shape, groups: groups, scale: scale?.shape, shift: shift?.shape)
        }
        let channels = shape[rank - 1]
        let positions = Shape.count(Array(shape[1..<(rank - 1)]))
        let result = apply(
            GroupNormalisation(groups: groups, epsilon: epsilon),
            [
                reshaped([shape[0], positions, channels]), scale ?? .ones([channels]),
                shift ?? .zeros([channels]),
            ])
        return (result[0].reshaped(shape), result[1].detached, result[2].detached)
    }

    /// - Throws: `ShapeError` if group normalisation does not accept the shapes.
    public static func validateGroupNormalisation(
        _ shape: [Int], groups: Int, scale: [Int]? = nil, shift: [Int]? = nil
    ) throws(ShapeError) {
        guard shape.count >= 2, let channels = shape.last else {
            throw ShapeError("[group_normalisation] input must be [batch, ..., channels], got \(shape)")
        }
        let positions = Shape.count(Array(shape[1..<(shape.count - 1)]))
        _ = try GroupNormalisation(groups: groups, epsilon: 0).outputShapes([
            [shape[0], positions, channels], scale ?? [channels], shift ?? [channels],
        ])
    }
}
