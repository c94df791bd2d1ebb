import CKernels

/// What the layers that run over time have in common: sequences are independent, so pieces of the batch run all
/// of their steps without waiting for each other; the recurrent weights are packed once.
struct RecurrentSweep {
    let batch, time, units: Int
    /// Whether steps go from the last to the first.
    let reversed: Bool

    /// Sequences that one piece takes: the rows of a register tile. Borders depend on the batch alone.
    private static let piece = Int(CK_TILE_POSITIONS)

    /// Positions in time in the order of the steps.
    func position(_ step: Int) -> Int { reversed ? time - 1 - step : step }

    /// Calls `body` with ranges of sequences, on several threads.
    func overSequences(_ body: (Range<Int>) -> Void) { ThreadPool.shared.run(batch, grain: Self.piece, body) }

    /// A weight in the panels that `multiply` reads: [columns, depth] if `transposed`, otherwise [depth, columns].
    static func pack(_ weight: Tensor, transposed: Bool) -> PackedWeight {
        let plain = weight.contiguous()
        let (columns, depth) =
            transposed ? (plain.shape[0], plain.shape[1]) : (plain.shape[1], plain.shape[0])
        let panel = Int(CK_PANEL_CHANNELS)
        let packed = Storage(count: (columns + panel - 1) / panel * panel * depth)
        withExtendedLifetime(plain.storage) {
            for first in stride(from: 0, to: columns, by: panel) {
                let (count, width) = (min(panel, columns - first), ck_panel_width(columns, first / panel))
                let to = packed.pointer + depth * first
                if transposed {
                    ck_pack_transposed(plain.base + first * depth, depth, depth, count, to, width)
                } else {
                    ck_pack_rows(plain.base + first, columns, depth, count, to, width)
                }
            }
        }
        return PackedWeight(storage: packed, columns: columns, depth: depth)
    }

    struct PackedWeight {
        let storage: Storage
        let columns, depth: Int

        /// result [rows, columns] = a [rows, depth] * weight.
        func multiply(
            _ a: UnsafePointer<Float>, rows: Int, into result: UnsafeMutablePointer<Float>
        ) {
            ck_multiply_panels(a, depth, rows, depth, storage.pointer, columns, result, columns)
        }
    }

    /// The states before each step, in the rows of the outputs [batch * time, units].
    func statesBefore(_ output: Tensor, initial: Tensor) -> Storage {
        let result = Storage(count: max(1, batch * time * units))
        withExtendedLifetime((output.storage, initial.storage)) {
            let (states, first) = (output.base, initial.base)
            for sequence in 0..<batch {
                for step in 0..<time {
                    let from =
                        step == 0
                        ? first + sequence * units
                        : states + (sequence * time + position(step - 1)) * units
                    (result.pointer + (sequence * time + position(step)) * units).update(
                        from: from, count: units)
                }
            }
        }
        return result
    }

    /// The gradients of recurrent weights [gates, units] and bias [gates] from those of the gates
    /// [batch * time, gates] and the states before each step.
    func weightGradients(
        _ gates: Storage, count: Int, before: Storage
    ) -> (weight: Tensor, bias: Tensor) {
        let rows = batch * time
        let weight = Tensor(unfilled: [count, units]) { out in
            if rows == 0 { out.update(repeating: 0, count: count * units) }
            MatrixMultiply.runParallel(
                m: count, n: units, k: rows, gates.pointer, count, transposedA: true, before.pointer, units,
                transposedB: false, into: out, units)
        }
        let bias = ColumnTotals.compute(rows: rows, columns: count, quantities: 1) { range, sums in
            ck_column_sum(gates.pointer + range.lowerBound * count, range.count, count, sums)
        }
        return (weight, Tensor(bias.map { Float($0) }))
    }

    /// Checks the inputs that all recurrent primitives share: [batch, time, gates * units], [gates * units, units],
    /// [gates * units] and states [batch, units].
    static func validate(
        _ inputs: [[Int]], gates: Int, operation: String
    ) throws(ShapeError) -> (batch: Int, time: Int, units: Int) {
        let (input, weight) = (inputs[0], inputs[1])
        guard input.count == 3, weight.count == 2, weight[0] == gates * weight[1], weight[1] > 0 else {
            throw ShapeError(
                "[\(operation)] needs an input [batch, time, \(gates) units] and weights [\(gates) units, units], "
                    + "got \(input) and \(weight)")
        }
        guard input[2] == weight[0], inputs[2] == [weight[0]] else {
            throw ShapeError(
                "[\(operation)] input \(input) and bias \(inputs[2]) must have the \(weight[0]) rows of the "
                    + "weights \(weight)")
        }
        for state in inputs[3...] where state != [input[0], weight[1]] {
            throw ShapeError(
                "[\(operation)] an initial state must be [\(input[0]), \(weight[1])] for input \(input) and weights "
                    + "\(weight), got \(state)")
        }
        return (input[0], input[1], weight[1])
    }
}
