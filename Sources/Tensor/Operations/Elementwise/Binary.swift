import CKernels

/// Elementwise functions of two operands that broadcast.
public enum BinaryFunction: String, Sendable, CaseIterable {
    case add, subtract, multiply, divide, maximum, minimum

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
        case .add, .subtract: .nothing
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
        case .maximum, .minimum:
            // 1 where the operand wins, one half each where both are equal.
            let lead = function == .maximum ? (a - b).sign() : (b - a).sign()
            return [
                first(g * lead.affine(scale: 0.5, shift: 0.5)),
                second(g * lead.affine(scale: -0.5, shift: 0.5)),
            ]
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

    /// The larger of each pair; equal values share the gradient.
    public static func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { binary(.maximum, a, b) }
    /// The smaller of each pair; equal values share the gradient.
    public static func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { binary(.minimum, a, b) }
}
