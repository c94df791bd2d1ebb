/// Second derivatives of operations whose first derivative is a kernel of its own.
///
/// A fused backward kernel computes G(inputs, upstreams) = the gradient of sum(f(inputs) * upstreams). Its own
/// vector-Jacobian product is found by writing f in elementary operations once more and differentiating twice:
/// it costs more than the kernel, but only gradient penalties ever ask for it.
enum ComposedGradient {
    /// The gradients of sum(G(inputs, upstreams) * directions) with respect to the inputs, then the upstreams.
    ///
    /// - Parameters:
    ///   - upstreams: one for each output of `composition`.
    ///   - directions: one for each input; nil where nothing depends on that gradient.
    ///   - composition: f in elementary operations.
    static func cotangents(
        inputs: [Tensor], upstreams: [Tensor], directions: [Tensor?],
        _ composition: @escaping @Sendable ([Tensor]) -> [Tensor]
    ) -> [Tensor?] {
        let derivative = ComposedDerivative(
            composition: composition, directed: [upstreams.map { _ in true }, directions.map { $0 != nil }])
        return apply(derivative, inputs + upstreams + directions.compactMap { $0 })
    }
}

/// A derivative of any order of a function written in elementary operations, found by differentiating that often on a
/// tape of its own.
///
/// The results of order 0 are those of the function. Those of the next order are the gradients of sum(results *
/// directions) with respect to all that the results follow from, directions included. Inputs: those of the function,
/// then the directions of each order in turn.
struct ComposedDerivative: Primitive {
    static let name = "composed_derivative"
    let composition: @Sendable ([Tensor]) -> [Tensor]
    /// For each order which results of the order below have a direction.
    let directed: [[Bool]]

    func outputShapes(_ inputs: [[Int]]) -> [[Int]] { inputs.dropLast(Self.count(directed.last)) }

    private static func count(_ mask: [Bool]?) -> Int { mask?.count(where: { $0 }) ?? 0 }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let tape = Tape()
        return results(directed.count, inputs.map { tape.watch($0.detached) }, tape).map(\.detached)
    }

    private func results(_ order: Int, _ inputs: [Tensor], _ tape: Tape) -> [Tensor] {
        if order == 0 { return tape.record { composition(inputs) } }
        let mask = directed[order - 1]
        let below = Array(inputs.dropLast(Self.count(mask)))
        let results = results(order - 1, below, tape)
        let total = tape.record {
            zip(zip(results, mask).filter(\.1), inputs[below.count...]).reduce(Tensor(0)) {
                $0 + ($1.0.0 * $1.1).sum()
            }
        }
        let gradients = tape.gradients(of: total, differentiable: order < directed.count)
        return below.map { gradients[$0] ?? .zeros($0.shape) }
    }

    var retention: Retention { .allInputs }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let next = ComposedDerivative(
            composition: composition, directed: directed + [pass.upstream.map { $0 != nil }])
        return apply(next, pass.inputs + pass.upstream.compactMap { $0 })
    }
}
