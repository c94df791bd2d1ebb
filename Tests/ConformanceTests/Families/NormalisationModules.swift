import Layers
import Tensor

let normalisationModules: [String: ConformanceModuleBuilder] = [
    "nn.BatchNorm1d": { try batchNorm($0, axes: nil) },
    "nn.BatchNorm2d": { try batchNorm($0, axes: 4) },
    "nn.InstanceNorm1d": { try instanceNorm($0) },
    "nn.InstanceNorm2d": { try instanceNorm($0) },
    "nn.GroupNorm": { call in
        let settings = constructor(call)
        let layer = GroupNorm(
            try settings.int("num_channels"), groups: try settings.int("num_groups"),
            epsilon: try settings.float("eps", default: 1e-5),
            isAffine: try settings.bool("affine", default: true))
        return ConformanceModule(parameters: affine(layer.weight, layer.bias)) { call, mode in
            [layer(try call.tensor("input").channelsLast, mode: mode).channelsFirst]
        }
    },
    "nn.LayerNorm": { call in
        let settings = constructor(call)
        let layer = LayerNorm(
            try settings.ints("normalized_shape"), epsilon: try settings.float("eps", default: 1e-5),
            isAffine: try settings.bool("elementwise_affine", default: true),
            hasBias: try settings.bool("bias", default: true))
        return ConformanceModule(parameters: affine(layer.weight, layer.bias)) { call, mode in
            [layer(try call.tensor("input"), mode: mode)]
        }
    },
    "nn.utils.parametrizations.weight_norm": { call in
        let wrapped = try WrappedLayer(call)
        let axis = wrapped.axis(
            try Call(values: [:], arguments: call.argument("parametrization") ?? .null).int("dim"))
        let norm = WeightNorm(wrapped.weight.value, axis: axis)
        wrapped.reparametrise(norm)
        return wrapped.module([
            "parametrizations.weight.original0": .init(
                norm.magnitude, load: wrapped.load, store: wrapped.store),
            "parametrizations.weight.original1": .init(
                wrapped.weight, load: wrapped.load, store: wrapped.store),
        ])
    },
    "nn.utils.parametrizations.spectral_norm": { call in
        let wrapped = try WrappedLayer(call)
        let settings = Call(values: [:], arguments: call.argument("parametrization") ?? .null)
        var stream = RandomStream(seed: 0, "spectral")
        let norm = SpectralNorm(
            wrapped.weight.value, axis: wrapped.axis(wrapped.isTransposed ? 1 : 0),
            iterations: try settings.int("n_power_iterations"),
            epsilon: try settings.float("eps", default: 1e-12), from: &stream)
        wrapped.reparametrise(norm)
        return wrapped.module(
            [
                "parametrizations.weight.original": .init(
                    wrapped.weight, load: wrapped.load, store: wrapped.store)
            ],
            buffers: [
                "parametrizations.weight.0._u": .init(norm.left),
                "parametrizations.weight.0._v": wrapped.columns(norm.right),
            ])
    },
]

/// The arguments of a module's constructor.
func constructor(_ call: Call) -> Call {
    Call(values: [:], arguments: call.argument("constructor") ?? .null)
}

func affine(_ weight: Parameter?, _ bias: Parameter?) -> [String: ConformanceModule.Binding] {
    var result: [String: ConformanceModule.Binding] = [:]
    if let weight { result["weight"] = .init(weight) }
    if let bias { result["bias"] = .init(bias) }
    return result
}

private func batchNorm(_ call: Call, axes: Int?) throws -> ConformanceModule {
    let settings = constructor(call)
    // A null momentum is the mean over all batches; a missing one the default.
    let isNamed = settings.arguments["momentum"] != nil
    let layer = BatchNorm(
        try settings.int("num_features"), momentum: try isNamed ? optionalMomentum(settings) : 0.1,
        epsilon: try settings.float("eps", default: 1e-5),
        isAffine: try settings.bool("affine", default: true),
        keepsStatistics: try settings.bool("track_running_stats", default: true), countsBatches: true,
        axes: axes)
    var module = ConformanceModule(parameters: affine(layer.weight, layer.bias)) { call, mode in
        let x = try call.tensor("input").channelsLast
        try layer.validate(x.shape)
        return [layer(x, mode: mode).channelsFirst]
    }
    module.buffers = running(layer.runningMean, layer.runningVariance)
    if let count = layer.batchCount {
        module.buffers["num_batches_tracked"] = .init(
            read: { .indices(IndexTensor([Int(count.value.item)], shape: [])) },
            write: { value in
                guard case .indices(let number) = value else { throw BrokenFixture("a count of floats") }
                count.value = Tensor(Float(number.values[0]))
            })
    }
    return module
}

private func optionalMomentum(_ settings: Call) throws -> Float? {
    try settings.optionalDouble("momentum").map { Float($0) }
}

private func instanceNorm(_ call: Call) throws -> ConformanceModule {
    let settings = constructor(call)
    let layer = InstanceNorm(
        try settings.int("num_features"), momentum: try settings.float("momentum", default: 0.1),
        epsilon: try settings.float("eps", default: 1e-5), isAffine: try settings.bool("affine"),
        keepsStatistics: try settings.bool("track_running_stats"))
    var module = ConformanceModule(parameters: affine(layer.weight, layer.bias)) { call, mode in
        [layer(try call.tensor("input").channelsLast, mode: mode).channelsFirst]
    }
    module.buffers = running(layer.runningMean, layer.runningVariance)
    // PyTorch stores a number that it never changes.
    let counter = Counter()
    module.buffers["num_batches_tracked"] = .init(read: { counter.value }, write: { counter.value = $0 })
    return module
}

private final class Counter {
    var value = CaseValue.indices(IndexTensor([0], shape: []))
}

private func running(_ mean: Buffer?, _ variance: Buffer?) -> [String: ConformanceModule.BufferBinding] {
    var result: [String: ConformanceModule.BufferBinding] = [:]
    if let mean { result["running_mean"] = .init(mean) }
    if let variance { result["running_var"] = .init(variance) }
    return result
}
