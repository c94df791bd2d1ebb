import Layers
import Tensor

let recurrentModules: [String: ConformanceModuleBuilder] = [
    "nn.GRU": { call in
        let settings = try RecurrentSettings(call)
        var stream = RandomStream(seed: 0, "gru")
        let layer = GRU(
            settings.inputs, settings.units, layers: settings.layers, hasBias: settings.hasBias,
            bidirectional: settings.bidirectional, from: &stream)
        return ConformanceModule(parameters: bindings(layer.weights)) { call, _ in
            let (input, initial) = (
                settings.batchFirst(try call.tensor("input")), try call.optionalTensor("h_0")
            )
            try layer.validate(input.shape, initial: initial?.shape)
            let result = layer(input, initial: initial)
            return [settings.batchFirst(result.output), result.last]
        }
    },
    "nn.LSTM": { call in
        let settings = try RecurrentSettings(call)
        var stream = RandomStream(seed: 0, "lstm")
        let layer = LSTM(
            settings.inputs, settings.units, layers: settings.layers, hasBias: settings.hasBias,
            bidirectional: settings.bidirectional, from: &stream)
        return ConformanceModule(parameters: bindings(layer.weights)) { call, _ in
            let input = settings.batchFirst(try call.tensor("input"))
            let (initial, cell) = (try call.optionalTensor("h_0"), try call.optionalTensor("c_0"))
            try layer.validate(input.shape, initial: initial?.shape, cell: cell?.shape)
            let result = layer(input, initial: initial, cell: cell)
            return [settings.batchFirst(result.output), result.last, result.cell]
        }
    },
    "nn.MultiheadAttention": { call in
        let settings = constructor(call)
        let (features, heads) = (try settings.int("embed_dim"), try settings.int("num_heads"))
        try MultiHeadAttention.validate(features: features, heads: heads)
        var stream = RandomStream(seed: 0, "attention")
        let layer = MultiHeadAttention(
            features, heads: heads, hasBias: try settings.bool("bias", default: true), from: &stream)
        let isBatchFirst = try settings.bool("batch_first")
        func batchFirst(_ x: Tensor) -> Tensor { isBatchFirst ? x : x.permuted([1, 0, 2]) }
        var parameters: [String: ConformanceModule.Binding] = [
            "in_proj_weight": .init(layer.input), "out_proj.weight": .init(layer.output),
        ]
        if let bias = layer.inputBias { parameters["in_proj_bias"] = .init(bias) }
        if let bias = layer.outputBias { parameters["out_proj.bias"] = .init(bias) }
        return ConformanceModule(parameters: parameters) { call, _ in
            let query = batchFirst(try call.tensor("query"))
            let (key, value) = (batchFirst(try call.tensor("key")), batchFirst(try call.tensor("value")))
            let mask = try attentionMask(call, batch: query.shape[0], heads: heads)
            try layer.validate(query: query.shape, key: key.shape, value: value.shape, mask: mask)
            let result = layer(query: query, key: key, value: value, mask: mask)
            return [batchFirst(result.output), result.weights.mean(axes: [1])]
        }
    },
]

private struct RecurrentSettings {
    let inputs, units, layers: Int
    let hasBias, bidirectional: Bool
    private let isBatchFirst: Bool

    init(_ call: Call) throws {
        let settings = constructor(call)
        inputs = try settings.int("input_size")
        units = try settings.int("hidden_size")
        layers = try settings.int("num_layers", default: 1)
        hasBias = try settings.bool("bias", default: true)
        bidirectional = try settings.bool("bidirectional")
        isBatchFirst = try settings.bool("batch_first")
    }

    /// Between PyTorch's order of the first two axes and ours; its own inverse.
    func batchFirst(_ x: Tensor) -> Tensor { isBatchFirst || x.rank != 3 ? x : x.permuted([1, 0, 2]) }
}

private func bindings(_ weights: [[RecurrentWeights]]) -> [String: ConformanceModule.Binding] {
    var result: [String: ConformanceModule.Binding] = [:]
    for (layer, directions) in weights.enumerated() {
        for (direction, one) in directions.enumerated() {
            let suffix = "l\(layer)" + (direction == 1 ? "_reverse" : "")
            result["weight_ih_\(suffix)"] = .init(one.input)
            result["weight_hh_\(suffix)"] = .init(one.recurrent)
            if let bias = one.inputBias { result["bias_ih_\(suffix)"] = .init(bias) }
            if let bias = one.recurrentBias { result["bias_hh_\(suffix)"] = .init(bias) }
        }
    }
    return result
}

/// PyTorch's masks of multi-head attention, where true is left out.
private func attentionMask(_ call: Call, batch: Int, heads: Int) throws -> AttentionMask {
    if call.has("key_padding_mask") {
        let mask = try call.mask("key_padding_mask")
        return .visible(mask.inverted.reshaped([mask.shape[0], 1, 1, mask.shape[1]]))
    }
    guard let value = call.values["attn_mask"] else { return .none }
    let s = value.shape
    // [queries, keys] for all, or one for each head of each sample.
    let shape = s.count == 2 ? [1, 1] + s : [batch, heads] + s.suffix(2)
    return switch value {
    case .tensor(let tensor): .added(tensor.reshaped(shape))
    case .mask(let mask): .visible(mask.inverted.reshaped(shape))
    case .indices: throw Unsupported("a mask of whole numbers")
    }
}
