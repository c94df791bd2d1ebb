import CKernels

/// (x, upstream g) -> g f'(x) in one pass, for activations whose slope takes several functions:
/// SiLU, s + x s (1 - s) with s = sigmoid(x), and GELU, Phi(x) + x phi(x).
struct ActivationGradient: Primitive {
    enum Function: Sendable { case silu, gelu }

    static let name = "activation_gradient"
    let function: Function

    func outputShapes(_ inputs: [[Int]]) -> [[Int]] { [inputs[0]] }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        [
            Elementwise.pair(inputs[0], inputs[1]) { x, g, out, count in
                switch function {
                case .silu: ck_silu_gradient(x, g, out, count)
                case .gelu: ck_gelu_gradient(x, g, out, count)
                }
            }
        ]
    }

    var retention: Retention { .inputs(0, 1) }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let (x, g, upstream) = (pass.inputs[0], pass.inputs[1], pass.cotangent())
        return [
            pass.needs[0] ? upstream * g * curvature(x) : nil,
            pass.needs[1] ? apply(self, [x, upstream])[0] : nil,
        ]
    }

    /// f''(x).
    private func curvature(_ x: Tensor) -> Tensor {
        switch function {
        case .silu:
            let s = x.sigmoid()
            return s * (1 - s) * (x * (1 - s * 2) + 2)
        case .gelu:
            let density = (x.squared() * -0.5).exponential() * 0.398_942_3
            return density * (2 - x.squared())
        }
    }
}
