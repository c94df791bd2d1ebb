import CKernels

/// x where x > 0, alpha (e^x - 1) elsewhere (Clevert et al. 2016); the slope at 0 is alpha.
struct ELU: Primitive {
    static let name = "elu"
    let alpha: Float
    func outputShapes(_ inputs: [[Int]]) -> [[Int]] { [inputs[0]] }
    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        [Elementwise.unary(inputs[0]) { ck_elu($0, alpha, $1, $2) }]
    }
    var retention: Retention { .inputs(0) }
    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let x = pass.inputs[0]
        // e^min(x, 0) is 1 above 0.
        let slope = x.clamped(high: 0).exponential()
        if alpha == 1 { return [pass.cotangent() * slope] }
        let isPositive = x.detached.sign().clamped(low: 0)
        return [pass.cotangent() * (slope * alpha + isPositive * (1 - alpha))]
    }
}

extension Tensor {
    /// x where x > 0, alpha (e^x - 1) elsewhere.
    public func elu(alpha: Float = 1) -> Tensor { apply(ELU(alpha: alpha), [self])[0] }
}
