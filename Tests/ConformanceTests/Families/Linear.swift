@testable import Tensor

let linearOperations: [String: ConformanceOperation] = [
    "matmul": { try attempt(BroadcastMatrixProduct(), [$0.tensor("input"), $0.tensor("other")]) },
    "bmm": { try attempt(BatchedMatrixProduct(), [$0.tensor("input"), $0.tensor("mat2")]) },
    "addmm": { call in
        let product = AddedMatrixProduct(
            scale: try call.float("alpha", default: 1), addendScale: try call.float("beta", default: 1))
        return try attempt(product, [call.tensor("input"), call.tensor("mat1"), call.tensor("mat2")])
    },
    "nn.functional.linear": { call in
        let bias = try call.optionalTensor("bias").map { [$0] } ?? []
        return try attempt(LinearMap(), [call.tensor("input"), call.tensor("weight")] + bias)
    },
    "einsum": { try attempt(Einsum(equation: try $0.text("equation")), try $0.list("operands")) },
    "outer": { try attempt(OuterProduct(), [$0.tensor("input"), $0.tensor("vec2")]) },
]
