import Tensor

/// Stacked long short-term memory (Hochreiter & Schmidhuber 1997) over sequences, in one direction or in both:
/// [batch, time, inputs] -> [batch, time, directions * units].
public final class LSTM: Layer {
    /// By layer and direction (forwards, backwards); gates in the order i, f, g, o.
    public let weights: [[RecurrentWeights]]

    /// Parameters as for `GRU`.
    public init(
        _ inputs: Int, _ units: Int, layers: Int = 1, hasBias: Bool = true, bidirectional: Bool = false,
        from stream: inout RandomStream
    ) {
        require(
            inputs > 0 && units > 0 && layers > 0,
            "[lstm] inputs, units and layers must be 1 or more, got \(inputs), \(units) and \(layers)")
        weights = RecurrentStack.weights(
            inputs: inputs, units: units, layers: layers, gates: 4, hasBias: hasBias,
            bidirectional: bidirectional, from: &stream)
    }

    private var stack: RecurrentStack { RecurrentStack(weights: weights) }

    public func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
        self(input, initial: nil, cell: nil).output
    }

    /// - Parameters:
    ///   - initial: states before the first step, [layers * directions, batch, units]; default zeros.
    ///   - cell: cells before the first step, likewise.
    /// - Returns: the last layer's states [batch, time, directions * units], and the states and cells after the last
    ///   step of each layer and direction [layers * directions, batch, units]. Traps on what `validate` refuses.
    public func callAsFunction(
        _ input: Tensor, initial: Tensor?, cell: Tensor?
    ) -> (output: Tensor, last: Tensor, cell: Tensor) {
        do {
            try validate(input.shape, initial: initial?.shape, cell: cell?.shape)
        } catch { fatalError(error.description) }
        let (stack, batch) = (stack, input.shape[0])
        var (last, cells) = ([Tensor](), [Tensor]())
        let output = stack(input) { number, weights, x, reversed in
            // Both biases are added to every gate, so their sum takes part once.
            let result = x.linear(weights.input.tensor).longShortTermMemory(
                weight: weights.recurrent.tensor, bias: weights.biasSum,
                initial: stack.state(initial, number, batch: batch),
                cell: stack.state(cell, number, batch: batch), reversed: reversed)
            last.append(stack.last(result.states, reversed: reversed))
            cells.append(result.cell.reshaped([1] + result.cell.shape))
            return result.states
        }
        return (output, .concatenate(last, axis: 0), .concatenate(cells, axis: 0))
    }

    /// - Throws: `ShapeError` if the layer does not accept the shapes.
    public func validate(_ input: [Int], initial: [Int]? = nil, cell: [Int]? = nil) throws(ShapeError) {
        try stack.validate(input, [initial, cell], operation: "lstm")
    }
}
