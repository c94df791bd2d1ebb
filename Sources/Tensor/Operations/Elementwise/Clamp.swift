import CKernels

/// x limited to [low, high]; the gradient passes at both bounds.
struct Clamp: Primitive {
    static let name = "clamp"
    let low: Float
    let high: Float
    func outputShapes(_ inputs: [[Int]]) -> [[Int]] { [inputs[0]] }
    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        [Elementwise.unary(inputs[0]) { ck_clamp($0, low, high, $1, $2) }]
    }
    var retention: Retention { .inputs(0) }
    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        [apply(ClampGradient(low: low, high: high), [pass.inputs[0], pass.cotangent()])[0]]
    }
}

/// (x, g) -> g where low <= x <= high, 0 elsewhere.
struct ClampGradient: Primitive {
    static let name = "clamp_gradient"
    let low: Float
    let high: Float
    func outputShapes(_ inputs: [[Int]]) -> [[Int]] { [inputs[0]] }
    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        [Elementwise.pair(inputs[0], inputs[1]) { ck_clamp_gradient($0, $1, low, high, $2, $3) }]
    }
    var retention: Retention { .inputs(0) }
    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        [nil, apply(self, [pass.inputs[0], pass.cotangent()])[0]]
    }
}

extension Tensor {
    /// x limited to [low, high].
    public func clamped(low: Float = -.infinity, high: Float = .infinity) -> Tensor {
        apply(Clamp(low: low, high: high), [self])[0]
    }
}
