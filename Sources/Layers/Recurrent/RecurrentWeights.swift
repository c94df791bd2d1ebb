import Tensor

/// The weights of one direction of one recurrent layer.
public final class RecurrentWeights {
    /// [gates * units, inputs]
    public let input: Parameter
    /// [gates * units, units]
    public let recurrent: Parameter
    /// [gates * units]
    public let inputBias: Parameter?
    /// [gates * units]
    public let recurrentBias: Parameter?

    /// All numbers start uniform within 1 / sqrt(units) of 0.
    init(inputs: Int, units: Int, gates: Int, hasBias: Bool, from stream: inout RandomStream) {
        let limit = 1 / Float(units).squareRoot()
        func uniform(_ shape: [Int]) -> Parameter {
            Parameter(.uniform(shape, low: -limit, high: limit, from: &stream))
        }
        input = uniform([gates * units, inputs])
        recurrent = uniform([gates * units, units])
        inputBias = hasBias ? uniform([gates * units]) : nil
        recurrentBias = hasBias ? uniform([gates * units]) : nil
    }

    /// The input part of the gates, [batch, time, gates * units].
    func gates(_ x: Tensor) -> Tensor {
        x.linear(input.tensor, bias: inputBias?.tensor)
    }

    /// The recurrent bias, zeros without one.
    var bias: Tensor { recurrentBias?.tensor ?? .zeros([recurrent.shape[0]]) }

    /// Both biases together, zeros without any.
    var biasSum: Tensor { inputBias.map { $0.tensor + bias } ?? bias }
}

/// What layers over sequences have in common: stacked, and each of them in one direction or in both.
struct RecurrentStack {
    /// By layer and direction.
    let weights: [[RecurrentWeights]]

    private var directions: Int { weights[0].count }
    private var units: Int { weights[0][0].recurrent.shape[1] }

    /// First weights of the given sizes, by layer and direction.
    static func weights(
        inputs: Int, units: Int, layers: Int, gates: Int, hasBias: Bool, bidirectional: Bool,
        from stream: inout RandomStream
    ) -> [[RecurrentWeights]] {
        let directions = bidirectional ? 2 : 1
        var weights: [[RecurrentWeights]] = []
        for layer in 0..<layers {
            var both: [RecurrentWeights] = []
            for _ in 0..<directions {
                both.append(
                    RecurrentWeights(
                        inputs: layer == 0 ? inputs : directions * units, units: units, gates: gates,
                        hasBias: hasBias, from: &stream))
            }
            weights.append(both)
        }
        return weights
    }

    /// Runs all layers.
    ///
    /// - Parameters:
    ///   - run: one direction of one layer; gets its number, counted layer by layer, and its input, and gives the
    ///     states by position.
    /// - Returns: the last layer's states, [batch, time, directions * units].
    func callAsFunction(
        _ input: Tensor, _ run: (_ number: Int, RecurrentWeights, _ input: Tensor, _ reversed: Bool) -> Tensor
    ) -> Tensor {
        var x = input
        for (layer, both) in weights.enumerated() {
            let states = both.enumerated().map { direction, weights in
                run(layer * directions + direction, weights, x, direction == 1)
            }
            x = states.count == 1 ? states[0] : .concatenate(states, axis: -1)
        }
        return x
    }

    /// One of the states [layers * directions, batch, units]; zeros without them.
    func state(_ states: Tensor?, _ number: Int, batch: Int) -> Tensor {
        states?.slice(axis: 0, number..<number + 1).reshaped([batch, units]) ?? .zeros([batch, units])
    }

    /// The states of one direction after its last step, [1, batch, units].
    func last(_ states: Tensor, reversed: Bool) -> Tensor {
        let time = states.shape[1]
        let position = reversed ? 0 : time - 1
        return states.slice(axis: 1, position..<position + 1).permuted([1, 0, 2])
    }

    /// - Throws: `ShapeError` if an input or initial states do not fit.
    func validate(_ input: [Int], _ states: [[Int]?], operation: String) throws(ShapeError) {
        let inputs = weights[0][0].input.shape[1]
        guard input.count == 3, input[2] == inputs, input[1] > 0 else {
            throw ShapeError(
                "[\(operation)] input must be [batch, time, \(inputs)] with one step or more, got \(input)")
        }
        let expected = [weights.count * directions, input[0], units]
        for state in states {
            guard state == nil || state == expected else {
                throw ShapeError("[\(operation)] initial states must be \(expected), got \(state ?? [])")
            }
        }
    }
}
