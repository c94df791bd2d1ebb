import Tensor

let normalisationOperations: [String: ConformanceOperation] = [
    "nn.functional.batch_norm": { call in
        let x = try call.tensor("input").channelsLast
        let running = try running(call)
        let options = try NormalisationOptions(call)
        if try call.bool("training") {
            try Tensor.validateBatchNormalisation(
                x.shape, scale: options.scale?.shape, shift: options.shift?.shape,
                runningMean: running?.mean.shape, runningVariance: running?.variance.shape)
            let result = x.batchNormalised(
                scale: options.scale ?? .ones([x.shape[x.rank - 1]]),
                shift: options.shift ?? .zeros([x.shape[x.rank - 1]]), epsilon: options.epsilon)
            let updated = running?.updated(
                mean: result.mean, variance: result.variance,
                count: x.count / x.shape[x.rank - 1], momentum: options.momentum)
            return [result.output.channelsFirst] + (updated.map { [$0.mean, $0.variance] } ?? [])
        }
        guard let running else { throw BrokenFixture("no running statistics") }
        return [
            x.normalised(
                mean: running.mean, variance: running.variance, scale: options.scale, shift: options.shift,
                epsilon: options.epsilon
            ).channelsFirst, running.mean, running.variance,
        ]
    },
    "nn.functional.instance_norm": { call in
        let x = try call.tensor("input").channelsLast
        let running = try running(call)
        let options = try NormalisationOptions(call)
        try Tensor.validateInstanceNormalisation(
            x.shape, scale: options.scale?.shape, shift: options.shift?.shape)
        let channels = x.shape[x.rank - 1]
        let result = x.groupNormalised(
            groups: channels, scale: options.scale, shift: options.shift, epsilon: options.epsilon)
        let updated = running?.updated(
            mean: result.mean.mean(axes: [0]), variance: result.variance.mean(axes: [0]),
            count: x.count / channels / x.shape[0], momentum: options.momentum)
        return [result.output.channelsFirst] + (updated.map { [$0.mean, $0.variance] } ?? [])
    },
    "nn.functional.group_norm": { call in
        let x = try call.tensor("input").channelsLast
        let options = try NormalisationOptions(call)
        let groups = try call.int("num_groups")
        try Tensor.validateGroupNormalisation(
            x.shape, groups: groups, scale: options.scale?.shape, shift: options.shift?.shape)
        return [
            x.groupNormalised(
                groups: groups, scale: options.scale, shift: options.shift, epsilon: options.epsilon
            ).output.channelsFirst
        ]
    },
    "nn.functional.layer_norm": { call in
        let x = try call.tensor("input")
        let options = try NormalisationOptions(call)
        let shape = try call.ints("normalized_shape")
        // The shape of a missing scale is what the caller says.
        _ = try Tensor.layerNormalisationColumns(
            x.shape, axes: shape.count, scale: options.scale?.shape ?? shape, shift: options.shift?.shape)
        return [
            x.layerNormalised(
                axes: shape.count, scale: options.scale, shift: options.shift, epsilon: options.epsilon)
        ]
    },
]

private struct NormalisationOptions {
    let scale, shift: Tensor?
    let epsilon, momentum: Float

    init(_ call: Call) throws {
        scale = try call.optionalTensor("weight")
        shift = try call.optionalTensor("bias")
        epsilon = try call.float("eps", default: 1e-5)
        momentum = try call.float("momentum", default: 0.1)
    }
}

private func running(_ call: Call) throws -> RunningStatistics? {
    guard let mean = try call.optionalTensor("running_mean"),
        let variance = try call.optionalTensor("running_var")
    else { return nil }
    return RunningStatistics(mean: mean.detached, variance: variance.detached)
}
