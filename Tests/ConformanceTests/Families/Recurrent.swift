import Tensor

let recurrentOperations: [String: ConformanceOperation] = [
    "nn.functional.embedding": { call in
        let (weight, numbers) = (try call.tensor("weight"), try call.indices("input"))
        let padding = try call.optionalInt("padding_idx")
        _ = try Tensor.embeddingShape(weight.shape, numbers, paddingIndex: padding)
        return [weight.embedded(numbers, paddingIndex: padding)]
    },
    "nn.functional.dropout": { call in
        let x = try call.tensor("input")
        guard try call.bool("training", default: true) else { return [x] }
        var stream = RandomStream(seed: 11, "dropout-case")
        return [x.dropped(try call.double("p"), from: &stream)]
    },
    "nn.functional.scaled_dot_product_attention": { call in
        let operands = [try call.tensor("query"), try call.tensor("key"), try call.tensor("value")]
        let rank = operands.map(\.rank).max() ?? 4
        let leading = leadingShape(operands, rank)
        // [..., time, features] -> [batch, time, 1 head, features].
        let (batch, lead) = (leading.reduce(1, *), leading)
        func heads(_ x: Tensor) -> Tensor {
            let tail = Array(x.shape.suffix(2))
            return x.broadcast(to: lead + tail).reshaped([batch, tail[0], 1, tail[1]])
        }
        let mask = try attentionMask(call, lead: lead)
        let (q, k, v) = (heads(operands[0]), heads(operands[1]), heads(operands[2]))
        _ = try Tensor.attentionShape(query: q.shape, key: k.shape, value: v.shape, mask: mask)
        let result = Tensor.attention(
            query: q, key: k, value: v, mask: mask, scale: try call.optionalDouble("scale").map { Float($0) })
        let shape = result.result.shape
        return [result.result.reshaped(lead + [shape[1], shape[3]])]
    },
]

/// What the axes before time and features broadcast to.
private func leadingShape(_ operands: [Tensor], _ rank: Int) -> [Int] {
    var result = [Int](repeating: 1, count: rank - 2)
    for operand in operands {
        let lead = operand.shape.dropLast(2)
        for (offset, size) in lead.reversed().enumerated() {
            result[result.count - 1 - offset] = max(result[result.count - 1 - offset], size)
        }
    }
    return result
}

/// A true mask takes part here.
private func attentionMask(_ call: Call, lead: [Int]) throws -> AttentionMask {
    if try call.bool("is_causal") { return .causal }
    guard let value = call.values["attn_mask"] else { return .none }
    let tail = Array(value.shape.suffix(2))
    let axes = value.shape.dropLast(2)
    guard axes.allSatisfy({ $0 == 1 }) else { throw Unsupported("a mask of shape \(value.shape)") }
    let shape = [1, 1] + tail
    return switch value {
    case .tensor(let tensor): .added(tensor.reshaped(shape))
    case .mask(let mask): .visible(mask.reshaped(shape))
    case .indices: throw Unsupported("a mask of whole numbers")
    }
}
