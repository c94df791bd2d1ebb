import CKernels

/// What the layers that run over time have in common. Sequences are independent, so pieces of the batch run all of
/// their steps without waiting for each other; while there are fewer pieces than threads, the threads share the units
/// of each step instead. Every number is computed in the same way either way.
struct RecurrentSweep {
    let batch, time, units: Int
    /// Gates of a unit.
    let gates: Int
    /// Whether steps go from the last to the first.
    let reversed: Bool

    /// Sequences that one piece takes: the rows of a register tile.
    private static let piece = Int(CK_TILE_POSITIONS)

    /// Some units of one sequence at one step.
    struct Place {
        let step, sequence: Int
        let units: Range<Int>
        /// The row of the sequence and the step in [batch * time, ...].
        let row: Int
        /// That of the step before; nil at the first one.
        let before: Int?
    }

    private func row(_ sequence: Int, _ step: Int) -> Int {
        sequence * time + (reversed ? time - 1 - step : step)
    }

    private func place(_ step: Int, _ sequence: Int, _ units: Range<Int>) -> Place {
        Place(
            step: step, sequence: sequence, units: units, row: row(sequence, step),
            before: step == 0 ? nil : row(sequence, step - 1))
    }

    /// Calls `body` for each round with all sequences and units, in ranges; no round begins before the one before it
    /// is over for the sequences and units that it may read.
    private func rounds(
        _ count: Int, _ body: (_ round: Int, _ sequences: Range<Int>, _ units: Range<Int>) -> Void
    ) {
        let groups = (batch + Self.piece - 1) / Self.piece
        let panels = (units + Int(CK_PANEL_CHANNELS) - 1) / Int(CK_PANEL_CHANNELS)
        let threads = ThreadPool.shared.threadCount
        let blocks = groups == 0 || groups >= threads ? 1 : min(panels, (threads + groups - 1) / groups)
        if blocks == 1 {
            ThreadPool.shared.run(batch, grain: Self.piece) { sequences in
                for round in 0..<count { body(round, sequences, 0..<units) }
            }
            return
        }
        for round in 0..<count {
            ThreadPool.shared.run(groups * blocks) { index in
                let (group, block) = (index / blocks, index % blocks)
                let first = panels * block / blocks * Int(CK_PANEL_CHANNELS)
                let end = min(units, panels * (block + 1) / blocks * Int(CK_PANEL_CHANNELS))
                body(
                    round, group * Self.piece..<min(batch, (group + 1) * Self.piece), first..<end)
            }
        }
    }

    /// Runs all steps: multiplies the states before a step with the recurrent weights [gates * units, units], and calls
    /// `body` with the products [gates][units] of each place, which writes the states there.
    ///
    /// - Parameters:
    ///   - initial: [batch, units].
    ///   - states: [batch * time, units].
    func forward(
        _ weight: Tensor, initial: UnsafePointer<Float>, states: UnsafeMutablePointer<Float>,
        _ body: (Place, _ products: UnsafePointer<Float>) -> Void
    ) {
        let plain = weight.contiguous()
        let kernels = withExtendedLifetime(plain.storage) {
            // One matrix for each gate, so that any units are whole panels of all of them.
            (0..<gates).map {
                Panels(
                    plain.base + $0 * units * units, stride: units, depth: units, columns: units,
                    transposed: true)
            }
        }
        let products = Storage(count: max(1, batch * gates * units))
        rounds(time) { step, sequences, units in
            let first = sequences.lowerBound
            let (from, stride) =
                step == 0
                ? (initial + first * self.units, self.units)
                : (UnsafePointer(states) + row(first, step - 1) * self.units, time * self.units)
            for (gate, kernel) in kernels.enumerated() {
                kernel.multiply(
                    from, stride, rows: sequences.count, columns: units,
                    into: products.pointer + (first * gates + gate) * self.units + units.lowerBound,
                    gates * self.units)
            }
            for sequence in sequences {
                body(
                    place(step, sequence, units),
                    UnsafePointer(products.pointer) + sequence * gates * self.units + units.lowerBound)
            }
        }
    }

    /// Runs all steps from the last to the first: calls `body` with what reaches the state of each place through the
    /// gates of the step after it, [units], which writes the gradients of the gates there.
    ///
    /// - Parameters:
    ///   - gradients: of the gates' recurrent part, [batch * time, gates * units].
    ///   - through: [batch, units]; left with what reaches the initial state.
    func backward(
        _ weight: Tensor, gradients: UnsafeMutablePointer<Float>, through: UnsafeMutablePointer<Float>,
        _ body: (Place, _ through: UnsafePointer<Float>) -> Void
    ) {
        let plain = weight.contiguous()
        let width = gates * units
        let kernel = withExtendedLifetime(plain.storage) {
            Panels(plain.base, stride: units, depth: width, columns: units, transposed: false)
        }
        through.update(repeating: 0, count: batch * units)
        rounds(time + 1) { round, sequences, units in
            let first = sequences.lowerBound
            if round > 0 {
                kernel.multiply(
                    gradients + row(first, time - round) * width, time * width, rows: sequences.count,
                    columns: units, into: through + first * self.units + units.lowerBound, self.units)
            }
            guard round < time else { return }
            for sequence in sequences {
                body(
                    place(time - 1 - round, sequence, units),
                    UnsafePointer(through) + sequence * self.units + units.lowerBound)
            }
        }
    }

    /// The states before each step, in the rows of the outputs [batch * time, units].
    func statesBefore(_ output: Tensor, initial: Tensor) -> Storage {
        let result = Storage(count: max(1, batch * time * units))
        withExtendedLifetime((output.storage, initial.storage)) {
            let (states, first) = (output.base, initial.base)
            ThreadPool.shared.run(batch) { sequence in
                for step in 0..<time {
                    let from =
                        step == 0 ? first + sequence * units : states + row(sequence, step - 1) * units
                    (result.pointer + row(sequence, step) * units).update(from: from, count: units)
                }
            }
        }
        return result
    }

    /// The gradients of recurrent weights [gates * units, units] and bias [gates * units] from those of the gates
    /// [batch * time, gates * units] and the states before each step.
    func weightGradients(_ gradients: Storage, before: Storage) -> (weight: Tensor, bias: Tensor) {
        let (rows, width) = (batch * time, gates * units)
        let weight = Tensor(unfilled: [width, units]) { out in
            if rows == 0 { out.update(repeating: 0, count: width * units) }
            if TiledProduct.suitsTransposed(m: width, n: units, k: rows) {
                TiledProduct.runTransposed(
                    m: width, n: units, k: rows, gradients.pointer, width, before.pointer, units,
                    transposedB: false, into: out, units)
            } else {
                MatrixMultiply.runParallel(
                    m: width, n: units, k: rows, gradients.pointer, width, transposedA: true, before.pointer,
                    units, transposedB: false, into: out, units)
            }
        }
        let bias = ColumnTotals.compute(rows: rows, columns: width, quantities: 1) { range, sums in
            ck_column_sum(gradients.pointer + range.lowerBound * width, range.count, width, sums)
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
