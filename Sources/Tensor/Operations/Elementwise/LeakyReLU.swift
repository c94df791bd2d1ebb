import CKernels

/// x where x > 0, slope * x elsewhere; slope >= 0. With slope 0 this is ReLU, whose gradient at 0 is 0.
struct LeakyReLU: Primitive {
    static let name = "leaky_relu"
    let slope: Float
    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard slope >= 0 else { throw ShapeError("[leaky_relu] slope must not be negative, got \(slope)") }
        return [inputs[0]]
    }
    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        [Elementwise.unary(inputs[0]) { ck_leaky_relu($0, slope, $1, $2) }]
    }
    // The result has the sign of the operand, so the operand need not be kept.
    var retention: Retention { .outputs(0) }
    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        [apply(LeakyReLUGradient(slope: slope), [pass.outputs[0], pass.cotangent()])[0]]
    }
}

/// (x, g) -> g where x > 0, slope * g elsewhere.
struct LeakyReLUGradient: Primitive {
    static let name = "leaky_relu_gradient"
    let slope: Float
    func outputShapes(_ inputs: [[Int]]) -> [[Int]] { [inputs[0]] }
    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        [Elementwise.pair(inputs[0], inputs[1]) { ck_leaky_relu_gradient($0, $1, slope, $2, $3) }]
    }
    var retention: Retention { .inputs(0) }
    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        [nil, apply(self, [pass.inputs[0], pass.cotangent()])[0]]
    }
}

extension Tensor {
    /// max(x, 0).
    public func relu() -> Tensor { leakyReLU(slope: 0) }
    /// x where x > 0, `slope * x` elsewhere.
    public func leakyReLU(slope: Float) -> Tensor { apply(LeakyReLU(slope: slope), [self])[0] }
}
