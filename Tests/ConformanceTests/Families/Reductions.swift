@testable import Tensor

let reductionOperations: [String: ConformanceOperation] = [
    "sum": { call in try reduced(call) { try attempt(Sum(axes: $1), [$0])[0] } },
    "mean": { call in
        try reduced(call) { x, axes in
            let size = axes.reduce(1) { $0 * x.shape[$1 < 0 ? $1 + x.rank : $1] }
            return try attempt(Sum(axes: axes), [x])[0] * (1 / Float(size))
        }
    },
    "amax": { call in
        try reduced(call) { try attempt(Extremum(axes: $1, isMaximum: true), [$0])[0] }
    },
    "amin": { call in
        try reduced(call) { try attempt(Extremum(axes: $1, isMaximum: false), [$0])[0] }
    },
    "var": { call in
        try reduced(call) {
            try attempt(Variance(axes: $1, correction: try call.int("correction", default: 1)), [$0])[0]
        }
    },
    "std": { call in
        try reduced(call) {
            try attempt(
                Variance(axes: $1, correction: try call.int("correction", default: 1), isDeviation: true),
                [$0])[0]
        }
    },
    "prod": { call in
        let input = try call.tensor("input")
        guard let axis = try call.optionalInt("dim") else { return [input.product()] }
        return try reduced(call) { x, _ in try attempt(Product(axis: axis), [x])[0] }
    },
    "logsumexp": { call in try reduced(call) { try attempt(LogSumExp(axes: $1), [$0])[0] } },
    "softmax": { call in try along(call) { AlongAxis(axis: $0, body: Softmax()) } },
    "log_softmax": { call in try along(call) { AlongAxis(axis: $0, body: LogSoftmax()) } },
    "cumsum": { call in try along(call) { AlongAxis(axis: $0, body: CumulativeSum()) } },
]

/// PyTorch lets a scalar have one axis where axes are named.
private func withAxes(_ tensor: Tensor) -> Tensor { tensor.rank == 0 ? tensor.reshaped([1]) : tensor }

/// - Parameter body: reduces over checked or unchecked axes and keeps them with size 1.
private func reduced(_ call: Call, _ body: (Tensor, [Int]) throws -> Tensor) throws -> [Tensor] {
    let input = try call.tensor("input")
    let x = withAxes(input)
    let named = try call.optionalInts("dim")
    let axes = named.map { $0.isEmpty ? Array(x.shape.indices) : $0 } ?? Array(x.shape.indices)
    let result = try body(x, axes)
    if try call.bool("keepdim") { return [input.rank == 0 ? result.reshaped([]) : result] }
    let dropped = axes.map { $0 < 0 ? $0 + x.rank : $0 }
    return [result.reshaped(x.shape.indices.filter { !dropped.contains($0) }.map { x.shape[$0] })]
}

private func along<Body: Primitive>(_ call: Call, _ make: (Int) -> AlongAxis<Body>) throws -> [Tensor] {
    let input = try call.tensor("input")
    return try attempt(make(try call.int("dim")), [withAxes(input)]).map { $0.reshaped(input.shape) }
}
