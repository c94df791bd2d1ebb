import Tensor

/// Compares gradients with central differences along random directions.
enum GradientCheck {
    /// The largest relative disagreement found.
    ///
    /// A random cotangent weighs the outputs (a cotangent of ones would hide transposed rules); each input is
    /// moved along three random directions in turn. Both sides are accumulated in double precision.
    static func worstError(
        _ inputs: [Tensor], seed: UInt64 = 1, step: Float = 1e-2, _ function: ([Tensor]) -> [Tensor]
    ) -> Double {
        var stream = RandomStream(seed: seed, "gradient-check")
        let cotangents = function(inputs).map { Tensor.normal($0.shape, from: &stream) }
        func value(_ inputs: [Tensor]) -> Double {
            zip(function(inputs), cotangents).reduce(0) { $0 + dot($1.0, $1.1) }
        }
        let tape = Tape()
        let leaves = inputs.map { tape.watch($0) }
        let total = tape.record { () -> Tensor in
            zip(function(leaves), cotangents).reduce(Tensor(0)) { $0 + ($1.0 * $1.1).sum() }
        }
        let gradients = tape.gradients(of: total)

        var worst = 0.0
        for (index, input) in inputs.enumerated() {
            for _ in 0..<3 {
                let direction = Tensor.normal(input.shape, from: &stream)
                func moved(_ distance: Float) -> Double {
                    var other = inputs
                    other[index] = input + direction * distance
                    return value(other)
                }
                // Five-point rule: its error falls with the fourth power of the step.
                let numeric =
                    (8 * (moved(step) - moved(-step)) - (moved(2 * step) - moved(-2 * step)))
                    / Double(12 * step)
                let gradient = gradients[leaves[index]] ?? Tensor.zeros(input.shape)
                let analytic = dot(gradient, direction)
                let size = max(1, abs(numeric), abs(analytic))
                worst = max(worst, abs(numeric - analytic) / size)
            }
        }
        return worst
    }

    static func dot(_ a: Tensor, _ b: Tensor) -> Double {
        zip(a.values, b.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
}
