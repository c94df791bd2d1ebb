import Tensor

/// Stacked gated recurrent units (Cho et al. 2014) over sequences, in one direction or in both:
/// [batch, time, inputs] -> [batch, time, directions * units].
public final class GRU: Layer {
    /// By layer and direction (forwards, backwards); gates in the order r, z, n.
    public let weights: [[RecurrentWeights]]

    /// - Parameters:
    ///   - inputs: features of a step.
    ///   - units: features of a state.
    ///   - layers: one on the other, default 1.
    ///   - hasBias: default true.
    ///   - bidirectional: whether each layer also runs from the end, its states beside the others; default false.
    public init(
        _ inputs: Int, _ units: Int, layers: Int = 1, hasBias: Bool = true, bidirectional: Bool = false,
        from stream: inout RandomStream
    ) {
        require(
            inputs > 0 && units > 0 && layers > 0,
            "[gru] inputs, units and layers must be 1 or more, got \(inputs), \(units) and \(layers)")
        weights = RecurrentStack.weights(
            inputs: inputs, units: units, layers: layers, gates: 3, hasBias: hasBias,
            bidirectional: bidirectional, from: &stream)
    }

    private var stack: RecurrentStack { RecurrentStack(weights: weights) }

    public func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor { self(input, initial: nil).output }

    /// - Parameter initial: states before the first step, [layers * directions, batch, units]; default zeros.
    /// - Returns: the last layer's states [batch, time, directions * units], and the states after the last step of
    ///   each layer and direction [layers * directions, batch, units]. Traps on what `validate` refuses.
    public func callAsFunction(_ input: Tensor, initial: Tensor?) -> (output: Tensor, last: Tensor) {
        do { try validate(input.shape, initial: initial?.shape) } catch { fatalError(error.description) }
        let stack = stack
        var last: [Tensor] = []
        let output = stack(input) { number, weights, x, reversed in
            let states = weights.gates(x).gatedRecurrentUnit(
                weight: weights.recurrent.tensor, bias: weights.bias,
                initial: stack.state(initial, number, batch: input.shape[0]), reversed: reversed)
            last.append(stack.last(states, reversed: reversed))
            return states
        }
        return (output, .concatenate(last, axis: 0))
    }

    /// - Throws: `ShapeError` if the layer does not accept the shapes.
    public func validate(_ input: [Int], initial: [Int]? = nil) throws(ShapeError) {
        try stack.validate(input, [initial], operation: "gru")
    }
}
