import CKernels

/// e^x / sum e^x over the last axis.
struct Softmax: Primitive {
    static let name = "softmax"

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard !inputs[0].isEmpty else { throw ShapeError("[softmax] needs an axis, its operand is a scalar") }
        return [inputs[0]]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        [LastAxis.map(inputs[0]) { x, y, rows, columns in ck_softmax(x, y, rows, columns) }]
    }

    var retention: Retention { .outputs(0) }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        [apply(SoftmaxGradient(), [pass.outputs[0], pass.cotangent()])[0]]
    }
}

/// (y, g) -> y (g - sum y g) over the last axis.
struct SoftmaxGradient: Primitive {
    static let name = "softmax_gradient"

    func outputShapes(_ inputs: [[Int]]) -> [[Int]] { [inputs[0]] }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let gradient = inputs[1].contiguous()
        return [
            withExtendedLifetime(gradient.storage) {
                let base = gradient.base
                return LastAxis.map(inputs[0]) { y, dx, rows, columns, start in
                    ck_softmax_gradient(y, base + start * columns, dx, rows, columns)
                }
            }
        ]
    }

    var retention: Retention { .inputs(0, 1) }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let (y, g, u) = (pass.inputs[0], pass.inputs[1], pass.cotangent())
        let weighted = (g * y).sum(axes: [-1], keepingAxes: true)
        let total = (u * y).sum(axes: [-1], keepingAxes: true)
        return [
            pass.needs[0] ? u * (g - weighted) - g * total : nil,
            pass.needs[1] ? apply(self, [y, u])[0] : nil,
        ]
    }
}

/// log(sum e^x) over some axes, which stay as axes of size 1.
struct LogSumExp: Primitive {
    static let name = "log_sum_exp"
    let axes: [Int]

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let reduced = try Shape.normalise(axes, rank: inputs[0].count, operation: Self.name)
        return [inputs[0].indices.map { reduced.contains($0) ? 1 : inputs[0][$0] }]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        [
            ReducedRows(inputs[0], axes: axes).reduce(to: outputShapes[0]) { x, y, rows, columns in
                ck_log_sum_exp(x, y, rows, columns)
            }
        ]
    }

    var retention: Retention { .inputs(0).and(.outputs(0)) }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        [pass.cotangent() * (pass.inputs[0] - pass.outputs[0]).exponential()]
    }
}

/// x - log(sum e^x) over the last axis.
struct LogSoftmax: Primitive {
    static let name = "log_softmax"

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard !inputs[0].isEmpty else {
            throw ShapeError("[log_softmax] needs an axis, its operand is a scalar")
        }
        return [inputs[0]]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        [
            LastAxis.map(inputs[0]) { x, y, rows, columns in
                var total: Float = 0
                for row in 0..<rows {
                    ck_log_sum_exp(x + row * columns, &total, 1, columns)
                    ck_subtract_rows(x + row * columns, &total, y + row * columns, 1, columns)
                }
            }
        ]
    }

    var retention: Retention { .outputs(0) }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let g = pass.cotangent()
        return [g - pass.outputs[0].exponential() * g.sum(axes: [-1], keepingAxes: true)]
    }
}

/// Kernels over the rows of the last axis.
enum LastAxis {
    static func map(
        _ input: Tensor, _ kernel: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int, Int) -> Void
    ) -> Tensor {
        map(input) { x, y, rows, columns, _ in kernel(x, y, rows, columns) }
    }

    /// - Parameter kernel: (from, to, rows, columns, number of the first row).
    static func map(
        _ input: Tensor, _ kernel: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int, Int, Int) -> Void
    ) -> Tensor {
        let plain = input.contiguous()
        let columns = max(1, plain.shape.last ?? 1)
        return withExtendedLifetime(plain.storage) {
            Tensor(unfilled: plain.shape) { out in
                let base = plain.base
                ThreadPool.shared.run(plain.count / columns, grain: max(1, Elementwise.grain / columns)) {
                    range in
                    let start = range.lowerBound * columns
                    kernel(base + start, out + start, range.count, columns, range.lowerBound)
                }
            }
        }
    }

    /// Calls `body` with the given axis as the last one, and moves it back.
    static func with(_ axis: Int, of tensor: Tensor, _ body: (Tensor) -> Tensor) -> Tensor {
        let position = axis < 0 ? axis + tensor.rank : axis
        if position == tensor.rank - 1 { return body(tensor) }
        var order = Array(tensor.shape.indices)
        order.swapAt(position, tensor.rank - 1)
        return body(tensor.permuted(order)).permuted(order)
    }
}

/// A function of one axis, given as an operation over the last one.
struct AlongAxis<Body: Primitive>: Composite {
    static var name: String { Body.name }
    let axis: Int
    let body: Body

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        _ = try Shape.normalise([axis], rank: inputs[0].count, operation: Self.name)
        return [inputs[0]]
    }

    func compose(_ inputs: [Tensor]) -> [Tensor] {
        [LastAxis.with(axis, of: inputs[0]) { apply(body, [$0])[0] }]
    }
}

extension Tensor {
    /// e^x / sum e^x over an axis (negative: from the end), by default the last.
    public func softmax(axis: Int = -1) -> Tensor { apply(AlongAxis(axis: axis, body: Softmax()), [self])[0] }

    /// The logarithm of `softmax`, without its loss of precision.
    public func logSoftmax(axis: Int = -1) -> Tensor {
        apply(AlongAxis(axis: axis, body: LogSoftmax()), [self])[0]
    }

    /// log(sum e^x) of all elements, or over the given axes, without overflow.
    public func logSumExp(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
        let all = axes ?? Array(shape.indices)
        let result = apply(LogSumExp(axes: all), [self])[0]
        return keepingAxes ? result : result.droppingAxes(all)
    }
}
