import CKernels

/// x^exponent for a constant exponent.
struct Power: Primitive {
    static let name = "power"
    let exponent: Float
    func outputShapes(_ inputs: [[Int]]) -> [[Int]] { [inputs[0]] }
    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        [Elementwise.unary(inputs[0]) { ck_power($0, exponent, $1, $2) }]
    }
    var retention: Retention { .inputs(0) }
    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        // x^0 is constant, also at 0.
        if exponent == 0 { return [nil] }
        return [pass.cotangent() * (pass.inputs[0].power(exponent - 1) * exponent)]
    }
}

extension Tensor {
    /// x^exponent.
    public func power(_ exponent: Float) -> Tensor { apply(Power(exponent: exponent), [self])[0] }
}
