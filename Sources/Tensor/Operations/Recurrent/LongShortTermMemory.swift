import CKernels

/// Long short-term memory (Hochreiter & Schmidhuber 1997, with forget gates) over time: (input part of the gates
/// [b, t, 4h], recurrent weights [4h, h], recurrent bias [4h], initial state [b, h], initial cell [b, h]) ->
/// (states [b, t, h], last cell [b, h], gates and cells [b, t, 5h]).
///
/// Gates in the order i, f, g, o: c = f c + i g, h = o tanh(c). The third output is what the backward pass reads;
/// nothing may be differentiated through it.
struct LongShortTermMemory: Primitive {
    static let name = "long_short_term_memory"
    let reversed: Bool

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let size = try RecurrentSweep.validate(inputs, gates: 4, operation: Self.name)
        return [
            [size.batch, size.time, size.units], [size.batch, size.units],
            [size.batch, size.time, 5 * size.units],
        ]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let (x, bias) = (inputs[0].contiguous(), inputs[2].contiguous())
        let (initial, initialCell) = (inputs[3].contiguous(), inputs[4].contiguous())
        let (batch, time, units) = (outputShapes[0][0], outputShapes[0][1], outputShapes[0][2])
        let sweep = RecurrentSweep(batch: batch, time: time, units: units, gates: 4, reversed: reversed)
        let saved = Tensor(unfilled: outputShapes[2]) { _ in }
        let lastCell = Tensor(unfilled: outputShapes[1]) {
            $0.update(from: initialCell.base, count: batch * units)
        }
        let states = Tensor(unfilled: outputShapes[0]) { out in
            let (gates, offset, firstCell) = (x.base, bias.base, initialCell.base)
            let kept = saved.storage.pointer
            sweep.forward(inputs[1], initial: initial.base, states: out) { place, products in
                let at = place.units.lowerBound
                ck_lstm_step(
                    gates + place.row * 4 * units + at, products, offset + at,
                    (place.before.map { UnsafePointer(kept) + ($0 * 5 + 4) * units }
                        ?? firstCell + place.sequence * units) + at,
                    place.units.count, units, out + place.row * units + at, kept + place.row * 5 * units + at)
                if place.step == time - 1 {
                    (lastCell.storage.pointer + place.sequence * units + at).update(
                        from: kept + (place.row * 5 + 4) * units + at, count: place.units.count)
                }
            }
        }
        withExtendedLifetime((x.storage, bias.storage, initial.storage, initialCell.storage)) {}
        return [states, lastCell, saved]
    }

    var retention: Retention { .allInputs.and(.outputs(0, 2)) }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        require(pass.upstream[2] == nil, "[long_short_term_memory] the saved gates have no gradient")
        return apply(
            LongShortTermMemoryGradient(reversed: reversed),
            pass.inputs + [pass.outputs[0].detached, pass.outputs[2].detached]
                + [pass.cotangent(0), pass.cotangent(1)])
    }

    /// The same in elementary operations: states and last cell.
    func composed(_ inputs: [Tensor]) -> [Tensor] {
        let (time, units) = (inputs[0].shape[1], inputs[1].shape[1])
        var (state, cell) = (inputs[3], inputs[4])
        var states: [(position: Int, state: Tensor)] = []
        let weight = inputs[1].transposed()
        for step in 0..<time {
            let position = reversed ? time - 1 - step : step
            let x = inputs[0].slice(axis: 1, position..<position + 1).reshaped([state.shape[0], 4 * units])
            let gates = x + state.matrixProduct(weight) + inputs[2]
            func part(_ gate: Int) -> Tensor { gates.slice(axis: 1, gate * units..<(gate + 1) * units) }
            cell = part(1).sigmoid() * cell + part(0).sigmoid() * part(2).tanh()
            state = part(3).sigmoid() * cell.tanh()
            states.append((position, state.reshaped([state.shape[0], 1, units])))
        }
        return [.concatenate(states.sorted { $0.position < $1.position }.map(\.state), axis: 1), cell]
    }
}

/// (the inputs, states and saved gates of `LongShortTermMemory`, upstream [b, t, h], upstream of the last cell
/// [b, h]) -> gradients of its inputs.
struct LongShortTermMemoryGradient: Primitive {
    static let name = "long_short_term_memory_gradient"
    let reversed: Bool

    func outputShapes(_ inputs: [[Int]]) -> [[Int]] { Array(inputs[..<5]) }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let (output, saved) = (inputs[5].contiguous(), inputs[6].contiguous())
        let (upstream, ofCell) = (inputs[7].contiguous(), inputs[8].contiguous())
        let initialCell = inputs[4].contiguous()
        let (batch, time, units) = (output.shape[0], output.shape[1], output.shape[2])
        let sweep = RecurrentSweep(batch: batch, time: time, units: units, gates: 4, reversed: reversed)
        let initial = Tensor(unfilled: outputShapes[3]) { _ in }
        let cell = Tensor(unfilled: outputShapes[4]) {
            $0.update(from: ofCell.base, count: batch * units)
        }
        let input = Tensor(unfilled: outputShapes[0]) { out in
            let (gates, g, firstCell) = (saved.base, upstream.base, initialCell.base)
            sweep.backward(inputs[1], gradients: out, through: initial.storage.pointer) { place, through in
                let at = place.units.lowerBound
                ck_lstm_step_gradient(
                    gates + place.row * 5 * units + at,
                    (place.before.map { gates + ($0 * 5 + 4) * units } ?? firstCell + place.sequence * units)
                        + at,
                    g + place.row * units + at, through, place.units.count, units,
                    out + place.row * 4 * units + at, cell.storage.pointer + place.sequence * units + at)
            }
        }
        withExtendedLifetime((saved.storage, upstream.storage, initialCell.storage, ofCell.storage)) {}
        let before = sweep.statesBefore(output, initial: inputs[3].contiguous())
        let parameters = sweep.weightGradients(input.storage, before: before)
        return [input, parameters.weight, parameters.bias, initial, cell]
    }

    var retention: Retention { .allInputs }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let result = ComposedGradient.cotangents(
            inputs: Array(pass.inputs[..<5]), upstreams: Array(pass.inputs[7...]),
            directions: pass.upstream
        ) { [reversed] in LongShortTermMemory(reversed: reversed).composed($0) }
        return result[..<5] + [nil, nil] + result[5...]
    }
}

extension Tensor {
    /// Runs long short-term memory over time.
    ///
    /// - Parameters:
    ///   - self: the input part of the gates i, f, g, o with its bias, [batch, time, 4 units].
    ///   - weight: recurrent weights, [4 units, units].
    ///   - bias: recurrent bias, [4 units].
    ///   - initial: the state before the first step, [batch, units].
    ///   - cell: the cell before the first step, [batch, units].
    ///   - reversed: whether steps go from the last position to the first; default false.
    /// - Returns: the state after each step at its position, [batch, time, units], and the cell after the last
    ///   step, [batch, units].
    public func longShortTermMemory(
        weight: Tensor, bias: Tensor, initial: Tensor, cell: Tensor, reversed: Bool = false
    ) -> (states: Tensor, cell: Tensor) {
        let result = apply(
            LongShortTermMemory(reversed: reversed), [self, weight, bias, initial, cell])
        return (result[0], result[1])
    }
}
