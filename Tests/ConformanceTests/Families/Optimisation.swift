import Layers
import Tensor

/// Clipping and averages. Optimisers and schedules are in `Support/OptimiserFactory.swift`.
let optimisationOperations: [String: ConformanceOperation] = [
    "nn.utils.clip_grad_norm_": { call in
        let (parameters, gradients) = try watched(call)
        let isInfinite = call.argument("norm_type")?.stringValue == "inf"
        let (clipped, norm) = gradients.clipped(
            parameters, norm: try call.double("max_norm"),
            order: isInfinite ? .infinity : try call.double("norm_type"))
        return [Tensor(Float(norm))] + parameters.compactMap { clipped[$0] }
    },
    "nn.utils.clip_grad_value_": { call in
        let (parameters, gradients) = try watched(call)
        let clipped = gradients.clipped(parameters, value: try call.double("clip_value"))
        return parameters.compactMap { clipped[$0] }
    },
    "custom.ema": { call in
        let parameter = Parameter(try call.tensor("initial"))
        let average = ExponentialMovingAverage([("p", parameter)], decay: try call.double("decay"))
        let rows = try call.tensor("values")
        var results: [Tensor] = []
        for row in 0..<(rows.shape.first ?? 0) {
            parameter.value = rows.slice(axis: 0, row..<row + 1).reshaped(parameter.shape)
            average.update()
            results.append(average.state["p"] ?? Tensor(0))
        }
        let values = results.flatMap(\.values)
        return [Tensor(values, shape: [results.count] + parameter.shape)]
    },
]

/// Parameters whose gradients are the inputs `grads.i`.
private func watched(_ call: Call) throws -> ([Parameter], Gradients) {
    let gradients = try call.list("grads")
    let parameters = gradients.map { Parameter(.zeros($0.shape)) }
    let tape = Tape(watching: parameters)
    let product = tape.record {
        zip(parameters, gradients).reduce(Tensor(0)) { $0 + ($1.0.tensor * $1.1).sum() }
    }
    return (parameters, tape.gradients(of: product))
}
