import CKernels

/// Elementwise functions of two operands that broadcast.
public enum BinaryFunction: String, Sendable, CaseIterable {
    case add, subtract, multiply, divide, maximum, minimum
    /// The first to the power of the second.
    case power
    /// 1 where both are equal, 0 elsewhere; without a gradient.
    case equal
    /// 1 where the first is larger (or there is no order), 1/2 where both are equal; without a gradient.
    case lead

    typealias Kernel = (
        UnsafePointer<Float>?, Int, UnsafePointer<Float>?, Int, UnsafeMutablePointer<Float>?, Int
    ) -> Void

    var kernel: Kernel {
        switch self {
        case .add: ck_add
        case .subtract: ck_subtract
        case .multiply: ck_multiply
        case .divide: ck_divide
        case .maximum: ck_maximum
        case .minimum: ck_minimum
        case .power: ck_raise
        case .equal: ck_equal
        case .lead: ck_lead
        }
    }
}

struct Binary: Primitive {
    static let name = "binary"
    let function: BinaryFunction

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        [try Shape.broadcast(inputs[0], inputs[1], operation: function.rawValue)]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let shape = outputShapes[0]
        let kernel = function.kernel
        let a = Self.innerDense(inputs[0]).broadcastView(to: shape)
        let b = Self.innerDense(inputs[1]).broadcastView(to: shape)
        let (sizes, steps) = Shape.collapse(shape, [a.strides, b.strides, Shape.rowMajorStrides(shape)])
        let last = sizes.count - 1
        let inner = sizes[last]
        let (stepA, stepB) = (steps[0], steps[1])
        let (baseA, baseB) = (a.base, b.base)
        return [
            withExtendedLifetime((a.storage, b.storage)) {
                Tensor(unfilled: shape) { out in
                    if last == 0 {
                        ThreadPool.shared.run(inner, grain: Elementwise.grain) { range in
                            kernel(
                                baseA + range.lowerBound * stepA[0], stepA[0],
                                baseB + range.lowerBound * stepB[0], stepB[0],
                                out + range.lowerBound, range.count)
                        }
                        return
                    }
                    let rows = Shape.count(Array(sizes[..<last]))
                    ThreadPool.shared.run(rows, grain: max(1, Elementwise.grain / max(1, inner))) { range in
                        for row in range {
                            var rest = row
                            var (p, q) = (0, 0)
                            for axis in stride(from: last - 1, through: 0, by: -1) {
                                let position = rest % sizes[axis]
                                rest /= sizes[axis]
                                p += position * stepA[axis]
                                q += position * stepB[axis]
                            }
                            kernel(
                                baseA + p, stepA[last], baseB + q, stepB[last], out + row * inner, inner)
                        }
                    }
                }
            }
        ]
    }

    /// Kernels walk the last axis with step 1 or 0; anything else is copied first.
    private static func innerDense(_ tensor: Tensor) -> Tensor {
        guard let axis = tensor.shape.indices.last(where: { tensor.shape[$0] != 1 }) else { return tensor }
        return tensor.strides[axis] <= 1 && axis == tensor.rank - 1 ? tensor : tensor.contiguous()
    }

    var retention: Retention {
        switch function {
        case .add, .subtract, .equal, .lead: .nothing
        default: .inputs(0, 1)
        }
    }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let g = pass.cotangent()
        let (a, b) = (pass.inputs[0], pass.inputs[1])
        func first(_ value: @autoclosure () -> Tensor) -> Tensor? {
            pass.needs[0] ? value().summed(to: a.shape) : nil
        }
        func second(_ value: @autoclosure () -> Tensor) -> Tensor? {
            pass.needs[1] ? value().summed(to: b.shape) : nil
        }
        switch function {
        case .add: return [first(g), second(g)]
        case .subtract: return [first(g), second(-g)]
        case .multiply: return [first(g * b), second(g * a)]
        case .divide: return [first(g / b), second(-(g * a / b.squared()))]
        case .maximum:
            return [first(g * Tensor.lead(a, b)), second(g * Tensor.lead(b, a))]
        case .minimum:
            return [first(g * Tensor.lead(b, a)), second(g * Tensor.lead(a, b))]
        case .power:
            // The limits where the formulas have none: x^0 is constant, 0^y is for y >= 0.
            return [
                first(g * Tensor.select(b.detached.mask { $0 == 0 }, Tensor(0), b * a.raised(to: b - 1))),
                second(
                    g
                        * Tensor.select(
                            Tensor.power0(a, b), Tensor(0), a.raised(to: b) * a.logarithm())),
            ]
        case .equal, .lead: return [nil, nil]
        }
    }
}

extension Tensor {
    private static func binary(_ function: BinaryFunction, _ a: Tensor, _ b: Tensor) -> Tensor {
        apply(Binary(function: function), [a, b])[0]
    }

    public static func + (a: Tensor, b: Tensor) -> Tensor { binary(.add, a, b) }
    public static func - (a: Tensor, b: Tensor) -> Tensor { binary(.subtract, a, b) }
    public static func * (a: Tensor, b: Tensor) -> Tensor { binary(.multiply, a, b) }
    public static func / (a: Tensor, b: Tensor) -> Tensor { binary(.divide, a, b) }

    public static func + (a: Tensor, b: Float) -> Tensor { a.affine(scale: 1, shift: b) }
    public static func + (a: Float, b: Tensor) -> Tensor { b.affine(scale: 1, shift: a) }
    public static func - (a: Tensor, b: Float) -> Tensor { a.affine(scale: 1, shift: -b) }
    public static func - (a: Float, b: Tensor) -> Tensor { b.affine(scale: -1, shift: a) }
    public static func * (a: Tensor, b: Float) -> Tensor { a.affine(scale: b, shift: 0) }
    public static func * (a: Float, b: Tensor) -> Tensor { b.affine(scale: a, shift: 0) }
    public static func / (a: Tensor, b: Float) -> Tensor { a / Tensor(b) }
    public static func / (a: Float, b: Tensor) -> Tensor { Tensor(a) / b }

    /// Where a is 0 and b is not negative.
    fileprivate static func power0(_ a: Tensor, _ b: Tensor) -> Mask {
        let shape = (try? Shape.broadcast(a.shape, b.shape, operation: "power")) ?? []
        let exponents = b.detached.broadcastView(to: shape).values
        let bases = a.detached.broadcastView(to: shape).values
        return Mask(zip(bases, exponents).map { $0 == 0 && $1 >= 0 }, shape: shape)
    }

    /// Each element to the power of the other tensor's.
    public func raised(to exponent: Tensor) -> Tensor { Tensor.binary(.power, self, exponent) }
    /// 1 where both are equal, 0 elsewhere; without a gradient.
    static func equal(_ a: Tensor, _ b: Tensor) -> Tensor { binary(.equal, a, b) }
    /// 1 where a is larger, 1/2 where both are equal, 0 elsewhere; without a gradient.
    static func lead(_ a: Tensor, _ b: Tensor) -> Tensor { binary(.lead, a, b) }

    /// The larger of each pair; equal values share the gradient.
    public static func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { binary(.maximum, a, b) }
    /// The smaller of each pair; equal values share the gradient.
    public static func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { binary(.minimum, a, b) }
}
