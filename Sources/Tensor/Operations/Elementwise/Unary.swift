import CKernels

/// Runs a kernel over all elements, in pieces whose size depends on nothing but this constant.
enum Elementwise {
    static let grain = 1 << 15

    static func unary(
        _ input: Tensor, _ kernel: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
    ) -> Tensor {
        let plain = input.contiguous()
        let base = plain.base
        return withExtendedLifetime(plain.storage) {
            Tensor(unfilled: input.shape) { out in
                ThreadPool.shared.run(plain.count, grain: grain) { range in
                    kernel(base + range.lowerBound, out + range.lowerBound, range.count)
                }
            }
        }
    }

    /// Two operands of one shape.
    static func pair(
        _ a: Tensor, _ b: Tensor,
        _ kernel: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
    ) -> Tensor {
        pair(a, b) { p, q, out, _, count in kernel(p, q, out, count) }
    }

    /// Two operands of one shape; the kernel is told where its piece starts.
    static func pair(
        _ a: Tensor, _ b: Tensor,
        _ kernel: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int, Int) -> Void
    ) -> Tensor {
        let first = a.contiguous()
        let second = b.contiguous()
        return withExtendedLifetime((first.storage, second.storage)) {
            let p = first.base
            let q = second.base
            return Tensor(unfilled: a.shape) { out in
                ThreadPool.shared.run(first.count, grain: grain) { range in
                    kernel(
                        p + range.lowerBound, q + range.lowerBound, out + range.lowerBound,
                        range.lowerBound, range.count)
                }
            }
        }
    }
}

/// Elementwise functions of one operand.
public enum UnaryFunction: String, Sendable, CaseIterable {
    case negate, absolute, square, squareRoot, reciprocal, exponential, logarithm, tanh, sigmoid, softplus
    case logarithmPlusOne, reciprocalSquareRoot, sine, cosine, errorFunction, silu, gelu, geluTanh

    var kernel: (UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int) -> Void {
        switch self {
        case .negate: ck_negate
        case .absolute: ck_absolute
        case .square: ck_square
        case .squareRoot: ck_square_root
        case .reciprocal: ck_reciprocal
        case .exponential: ck_exponential
        case .logarithm: ck_logarithm
        case .tanh: ck_tanh
        case .sigmoid: ck_sigmoid
        case .softplus: ck_softplus
        case .logarithmPlusOne: ck_logarithm_plus_one
        case .reciprocalSquareRoot: ck_reciprocal_square_root
        case .sine: ck_sine
        case .cosine: ck_cosine
        case .errorFunction: ck_error_function
        case .silu: ck_silu
        case .gelu: ck_gelu
        case .geluTanh: ck_gelu_tanh
        }
    }
}

struct Unary: Primitive {
    static let name = "unary"
    let function: UnaryFunction

    func outputShapes(_ inputs: [[Int]]) -> [[Int]] { [inputs[0]] }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let kernel = function.kernel
        return [Elementwise.unary(inputs[0]) { kernel($0, $1, $2) }]
    }

    var retention: Retention {
        switch function {
        case .negate: .nothing
        case .squareRoot, .reciprocal, .exponential, .tanh, .sigmoid: .outputs(0)
        case .reciprocalSquareRoot: .inputs(0).and(.outputs(0))
        default: .inputs(0)
        }
    }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let g = pass.cotangent()
        let x = pass.inputs[0]
        let y = pass.outputs[0]
        switch function {
        case .negate: return [-g]
        case .absolute: return [g * x.sign()]
        case .square: return [g * (x * 2)]
        case .squareRoot: return [g * 0.5 / y]
        case .reciprocal: return [-(g * y.squared())]
        case .exponential: return [g * y]
        case .logarithm: return [g / x]
        case .tanh: return [g * (1 - y.squared())]
        case .sigmoid: return [g * (y * (1 - y))]
        case .softplus: return [g * x.sigmoid()]
        case .logarithmPlusOne: return [g / (x + 1)]
        case .reciprocalSquareRoot: return [g * -0.5 * (y / x)]
        case .sine: return [g * x.cosine()]
        case .cosine: return [-(g * x.sine())]
        case .errorFunction: return [g * ((-x.squared()).exponential() * 1.128_379_2)]
        case .silu: return [apply(ActivationGradient(function: .silu), [x, g])[0]]
        case .gelu: return [apply(ActivationGradient(function: .gelu), [x, g])[0]]
        case .geluTanh:
            let t = (x * (x.squared() * 0.044_715 + 1) * 0.797_884_6).tanh()
            let slope = x.squared() * 0.107_032_22 + 0.797_884_6
            return [g * ((t + 1) * 0.5 + x * (1 - t.squared()) * slope * 0.5)]
        }
    }
}

/// -1, 0 or 1; its gradient is zero everywhere.
struct Sign: Primitive {
    static let name = "sign"
    func outputShapes(_ inputs: [[Int]]) -> [[Int]] { [inputs[0]] }
    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        [Elementwise.unary(inputs[0]) { ck_sign($0, $1, $2) }]
    }
    var retention: Retention { .nothing }
    func cotangents(_ pass: BackwardPass) -> [Tensor?] { [nil] }
}

/// scale * x + shift.
struct Affine: Primitive {
    static let name = "affine"
    let scale: Float
    let shift: Float
    func outputShapes(_ inputs: [[Int]]) -> [[Int]] { [inputs[0]] }
    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        [Elementwise.unary(inputs[0]) { ck_affine($0, scale, shift, $1, $2) }]
    }
    var retention: Retention { .nothing }
    func cotangents(_ pass: BackwardPass) -> [Tensor?] { [pass.cotangent() * scale] }
}

extension Tensor {
    private func unary(_ function: UnaryFunction) -> Tensor { apply(Unary(function: function), [self])[0] }

    public static prefix func - (x: Tensor) -> Tensor { x.unary(.negate) }
    public func absolute() -> Tensor { unary(.absolute) }
    /// -1, 0 or 1, without a gradient.
    public func sign() -> Tensor { apply(Sign(), [self])[0] }
    public func squared() -> Tensor { unary(.square) }
    public func squareRoot() -> Tensor { unary(.squareRoot) }
    public func reciprocal() -> Tensor { unary(.reciprocal) }
    public func exponential() -> Tensor { unary(.exponential) }
    /// The natural logarithm.
    public func logarithm() -> Tensor { unary(.logarithm) }
    public func tanh() -> Tensor { unary(.tanh) }
    /// 1 / (1 + e^-x).
    public func sigmoid() -> Tensor { unary(.sigmoid) }
    /// log(1 + x), exact for small x.
    public func logarithmPlusOne() -> Tensor { unary(.logarithmPlusOne) }
    /// 1 / sqrt(x).
    public func reciprocalSquareRoot() -> Tensor { unary(.reciprocalSquareRoot) }
    public func sine() -> Tensor { unary(.sine) }
    public func cosine() -> Tensor { unary(.cosine) }
    /// 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x.
    public func errorFunction() -> Tensor { unary(.errorFunction) }
    /// x sigmoid(x) (Elfwing et al. 2018; Ramachandran et al. 2017, Swish).
    public func silu() -> Tensor { unary(.silu) }
    /// x Phi(x), Phi the distribution function of the standard normal (Hendrycks & Gimpel 2016).
    /// - Parameter approximate: whether Phi is replaced by the paper's formula with tanh, default false.
    public func gelu(approximate: Bool = false) -> Tensor { unary(approximate ? .geluTanh : .gelu) }
    /// log(1 + e^x).
    public func softplus() -> Tensor { unary(.softplus) }
    /// scale * x + shift.
    public func affine(scale: Float, shift: Float) -> Tensor {
        apply(Affine(scale: scale, shift: shift), [self])[0]
    }

    /// Adds to the elements of a tensor that nobody else refers to.
    mutating func addInPlace(_ term: Tensor) {
        let plain = term.contiguous()
        let sum = storage.pointer + offset
        withExtendedLifetime(plain.storage) {
            let base = plain.base
            ThreadPool.shared.run(count, grain: Elementwise.grain) { range in
                ck_accumulate(base + range.lowerBound, sum + range.lowerBound, range.count)
            }
        }
    }
}
