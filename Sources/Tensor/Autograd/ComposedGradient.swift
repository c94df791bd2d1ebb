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
        _ composition: ([Tensor]) -> [Tensor]
    ) -> [Tensor?] {
        let tape = Tape()
        let leaves = inputs.map { tape.watch($0.detached) }
        let seeds = upstreams.map { tape.watch($0.detached) }
        let total = tape.record {
            zip(composition(leaves), seeds).reduce(Tensor(0)) { $0 + ($1.0 * $1.1).sum() }
        }
        let first = tape.gradients(of: total, differentiable: true)
        let along = tape.record {
            zip(leaves, directions).reduce(Tensor(0)) { sum, pair in
                guard let direction = pair.1, let gradient = first[pair.0] else { return sum }
                return sum + (gradient * direction.detached).sum()
            }
        }
        let second = tape.gradients(of: along)
        return (leaves + seeds).map { second[$0] }
    }
}
