import CKernels

/// A gated recurrent unit (Cho et al. 2014) over time: (input part of the gates [b, t, 3h], recurrent weights
/// [3h, h], recurrent bias [3h], initial state [b, h]) -> (states [b, t, h], gates [b, t, 4h]).
///
/// Gates in the order r, z, n; the reset gate multiplies the recurrent part with its bias:
/// h = (1 - z) tanh(x_n + r (W_n h + b_n)) + z h. The second output is what the backward pass reads; nothing may
/// be differentiated through it.
struct GatedRecurrentUnit: Primitive {
    static let name = "gated_recurrent_unit"
    let reversed: Bool

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let size = try RecurrentSweep.validate(inputs, gates: 3, operation: Self.name)
        return [[size.batch, size.time, size.units], [size.batch, size.time, 4 * size.units]]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let (x, bias, initial) = (inputs[0].contiguous(), inputs[2].contiguous(), inputs[3].contiguous())
        let (batch, time, units) = (outputShapes[0][0], outputShapes[0][1], outputShapes[0][2])
        let sweep = RecurrentSweep(batch: batch, time: time, units: units, gates: 3, reversed: reversed)
        let saved = Tensor(unfilled: outputShapes[1]) { _ in }
        let states = Tensor(unfilled: outputShapes[0]) { out in
            let (gates, offset, first) = (x.base, bias.base, initial.base)
            sweep.forward(inputs[1], initial: first, states: out) { place, products in
                let at = place.units.lowerBound
                ck_gru_step(
                    gates + place.row * 3 * units + at, products, offset + at,
                    (place.before.map { UnsafePointer(out) + $0 * units } ?? first + place.sequence * units)
                        + at,
                    place.units.count, units, out + place.row * units + at,
                    saved.storage.pointer + place.row * 4 * units + at)
            }
        }
        withExtendedLifetime((x.storage, bias.storage, initial.storage)) {}
        return [states, saved]
    }

    var retention: Retention { .allInputs.and(.outputs(0, 1)) }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        require(
            pass.upstream[1] == nil,
            "[gated_recurrent_unit] the saved gates have no gradient")
        return apply(
            GatedRecurrentUnitGradient(reversed: reversed),
            pass.inputs + pass.outputs.map(\.detached) + [pass.cotangent()])
    }

    /// The same in elementary operations.
    func composed(_ inputs: [Tensor]) -> [Tensor] {
        let (time, units) = (inputs[0].shape[1], inputs[1].shape[1])
        var state = inputs[3]
        var states: [(position: Int, state: Tensor)] = []
        let weight = inputs[1].transposed()
        for step in 0..<time {
            let position = reversed ? time - 1 - step : step
            let x = inputs[0].slice(axis: 1, position..<position + 1).reshaped([state.shape[0], 3 * units])
            let recurrent = state.matrixProduct(weight) + inputs[2]
            func part(_ tensor: Tensor, _ gate: Int) -> Tensor {
                tensor.slice(axis: 1, gate * units..<(gate + 1) * units)
            }
            let r = (part(x, 0) + part(recurrent, 0)).sigmoid()
            let z = (part(x, 1) + part(recurrent, 1)).sigmoid()
            let candidate = (part(x, 2) + r * part(recurrent, 2)).tanh()
            state = candidate + z * (state - candidate)
            states.append((position, state.reshaped([state.shape[0], 1, units])))
        }
        return [.concatenate(states.sorted { $0.position < $1.position }.map(\.state), axis: 1)]
    }
}

/// (the inputs and outputs of `GatedRecurrentUnit`, upstream [b, t, h]) -> gradients of its inputs.
struct GatedRecurrentUnitGradient: Primitive {
    static let name = "gated_recurrent_unit_gradient"
    let reversed: Bool

    func outputShapes(_ inputs: [[Int]]) -> [[Int]] { Array(inputs[..<4]) }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let (output, saved, upstream) = (
            inputs[4].contiguous(), inputs[5].contiguous(), inputs[6].contiguous()
        )
        let (batch, time, units) = (output.shape[0], output.shape[1], output.shape[2])
        let sweep = RecurrentSweep(batch: batch, time: time, units: units, gates: 3, reversed: reversed)
        let before = sweep.statesBefore(output, initial: inputs[3].contiguous())
        let recurrent = Storage(count: max(1, batch * time * 3 * units))
        let (through, carried) = (Tensor(unfilled: outputShapes[3]) { _ in }, Tensor.zeros(outputShapes[3]))
        let input = Tensor(unfilled: outputShapes[0]) { out in
            let (gates, g) = (saved.base, upstream.base)
            sweep.backward(inputs[1], gradients: recurrent.pointer, through: through.storage.pointer) {
                place, through in
                let at = place.units.lowerBound
                ck_gru_step_gradient(
                    gates + place.row * 4 * units + at, before.pointer + place.row * units + at,
                    g + place.row * units + at, through, place.units.count, units,
                    out + place.row * 3 * units + at, recurrent.pointer + place.row * 3 * units + at,
                    carried.storage.pointer + place.sequence * units + at)
            }
        }
        withExtendedLifetime((saved.storage, upstream.storage)) {}
        let parameters = sweep.weightGradients(recurrent, before: before)
        let initial = carried + through
        return [input, parameters.weight, parameters.bias, initial]
    }

    var retention: Retention { .allInputs }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let result = ComposedGradient.cotangents(
            inputs: Array(pass.inputs[..<4]), upstreams: [pass.inputs[6]], directions: pass.upstream
        ) { [reversed] in GatedRecurrentUnit(reversed: reversed).composed($0) }
        return result[..<4] + [nil, nil, result[4]]
    }
}

extension Tensor {
    /// Runs a gated recurrent unit over time.
    ///
    /// - Parameters:
    ///   - self: the input part of the gates r, z, n with its bias, [batch, time, 3 units].
    ///   - weight: recurrent weights, [3 units, units].
    ///   - bias: recurrent bias, [3 units].
    ///   - initial: the state before the first step, [batch, units].
    ///   - reversed: whether steps go from the last position to the first; default false.
    /// - Returns: the state after each step at its position, [batch, time, units].
    public func gatedRecurrentUnit(
        weight: Tensor, bias: Tensor, initial: Tensor, reversed: Bool = false
    ) -> Tensor {
        apply(GatedRecurrentUnit(reversed: reversed), [self, weight, bias, initial])[0]
    }
}
