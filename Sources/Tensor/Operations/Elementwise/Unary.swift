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
        let first = a.contiguous()
        let second = b.contiguous()
        return withExtendedLifetime((first.storage, second.storage)) {
            let p = first.base
            let q = second.base
            return Tensor(unfilled: a.shape) { out in
                ThreadPool.shared.run(first.count, grain: grain) { range in
                    kernel(p + range.lowerBound, q + range.lowerBound, out + range.lowerBound, range.count)
                }
            }
        }
    }
}

/// Elementwise functions of one operand.
public enum UnaryFunction: String, Sendable, CaseIterable {
    case negate, absolute, square, squareRoot, reciprocal, exponential, logarithm, tanh, sigmoid, softplus

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
        case .absolute, .square, .logarithm, .softplus: .inputs(0)
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
        [pass.cotangent() * (pass.inputs[0].power(exponent - 1) * exponent)]
    }
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
    /// log(1 + e^x).
    public func softplus() -> Tensor { unary(.softplus) }
    /// max(x, 0).
    public func relu() -> Tensor { leakyReLU(slope: 0) }
    /// x where x > 0, `slope * x` elsewhere.
    public func leakyReLU(slope: Float) -> Tensor { apply(LeakyReLU(slope: slope), [self])[0] }
    /// x limited to [low, high].
    public func clamped(low: Float = -.infinity, high: Float = .infinity) -> Tensor {
        apply(Clamp(low: low, high: high), [self])[0]
    }
    /// x^exponent.
    public func power(_ exponent: Float) -> Tensor { apply(Power(exponent: exponent), [self])[0] }
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
