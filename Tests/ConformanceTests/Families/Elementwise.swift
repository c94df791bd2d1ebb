@testable import Tensor

let elementwiseOperations: [String: ConformanceOperation] = [
    "neg": unary { -$0 },
    "abs": unary { $0.absolute() },
    "sign": unary { $0.sign() },
    "exp": unary { $0.exponential() },
    "log": unary { $0.logarithm() },
    "log1p": unary { $0.logarithmPlusOne() },
    "sqrt": unary { $0.squareRoot() },
    "rsqrt": unary { $0.reciprocalSquareRoot() },
    "square": unary { $0.squared() },
    "sin": unary { $0.sine() },
    "cos": unary { $0.cosine() },
    "tanh": unary { $0.tanh() },
    "sigmoid": unary { $0.sigmoid() },
    "nn.functional.relu": unary { $0.relu() },
    "nn.functional.silu": unary { $0.silu() },
    "nn.functional.leaky_relu": { call in
        try attempt(LeakyReLU(slope: try call.float("negative_slope")), [call.tensor("input")])
    },
    "nn.functional.elu": { call in try attempt(ELU(alpha: try call.float("alpha")), [call.tensor("input")]) },
    "nn.functional.gelu": { call in
        [try call.tensor("input").gelu(approximate: try call.text("approximate") == "tanh")]
    },
    "nn.functional.softplus": { call in
        try attempt(
            Softplus(beta: try call.float("beta"), threshold: try call.float("threshold")),
            [call.tensor("input")])
    },
    "clamp": { call in
        [
            try call.tensor("input").clamped(
                low: try call.float("min", default: -.infinity),
                high: try call.float("max", default: .infinity))
        ]
    },
    "nn.functional.prelu": { call in
        let input = try call.tensor("input").channelsLast
        return try attempt(ParametricReLU(), [input, call.tensor("weight")]).map(\.channelsFirst)
    },
    "add": { call in try binary(.add, call, scaled: true) },
    "sub": { call in try binary(.subtract, call, scaled: true) },
    "mul": { call in try binary(.multiply, call) },
    "div": { call in try binary(.divide, call) },
    "maximum": { call in try binary(.maximum, call) },
    "minimum": { call in try binary(.minimum, call) },
    "pow": { call in
        if let exponent = try call.optionalDouble("exponent") {
            return [try call.tensor("input").power(Float(exponent))]
        }
        return try attempt(
            Binary(function: .power), [operand("input", call), call.tensor("exponent")])
    },
    "where": { call in
        try attempt(
            Select(mask: try call.mask("condition")), [operand("input", call), operand("other", call)])
    },
]

private func unary(_ function: @escaping @Sendable (Tensor) -> Tensor) -> ConformanceOperation {
    { [function(try $0.tensor("input"))] }
}

/// A tensor, or a number among the arguments.
private func operand(_ role: String, _ call: Call) throws -> Tensor {
    call.has(role) ? try call.tensor(role) : Tensor(try call.float(role))
}

/// - Parameter scaled: whether the second operand comes times `alpha`.
private func binary(_ function: BinaryFunction, _ call: Call, scaled: Bool = false) throws -> [Tensor] {
    var other = try operand("other", call)
    let alpha = try call.float("alpha", default: 1)
    if scaled && alpha != 1 { other = other * alpha }
    return try attempt(Binary(function: function), [operand("input", call), other])
}
