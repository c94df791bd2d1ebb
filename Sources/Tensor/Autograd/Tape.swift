import Synchronization

/// The place of a tensor on a tape. It is a pair of numbers, so a tensor that outlives its tape keeps
/// nothing else alive.
struct Trace: Sendable, Equatable {
    let tape: Int
    let value: Int
}

/// A flat record of the operations on watched tensors, which is walked backwards for gradients.
///
/// ```swift
/// let tape = Tape(watching: model.parameters)
/// let loss = tape.record { meanSquaredError(model(input), target) }
/// let gradients = tape.gradients(of: loss)
/// ```
/// Nothing is recorded outside `record`. A tape can record several times, so an adversarial step runs the
/// generator once for both losses. It belongs to one thread.
public final class Tape: @unchecked Sendable {  // Safe: used by the thread that records only.
    @TaskLocal static var current: Tape?

    private static let identities = Atomic<Int>(0)

    private struct Entry {
        let primitive: any Primitive
        let inputs: [Tensor]
        let outputs: [Tensor]
        let inputValues: [Int?]
    }

    let identity: Int
    /// nil once its backward pass has run and nobody will ask again.
    private var entries: [Entry?] = []
    /// The values that each entry made.
    private var entryOutputs: [Range<Int>] = []
    /// For each value the entry that made it, nil for leaves.
    private var producers: [Int?] = []
    private var leaves: [ObjectIdentifier: Tensor] = [:]

    /// A tape on which the gradients of the given parameters can be asked for.
    public init(watching parameters: [Parameter] = []) {
        identity = Tape.identities.add(1, ordering: .relaxed).newValue
        for parameter in parameters {
            leaves[ObjectIdentifier(parameter)] = watch(parameter.value)
        }
    }

    /// The tensor as a leaf of this tape: its gradient can be asked for.
    public func watch(_ tensor: Tensor) -> Tensor {
        var leaf = tensor
        leaf.trace = Trace(tape: identity, value: producers.count)
        producers.append(nil)
        return leaf
    }

    /// Records what `body` does with watched tensors.
    public func record<Result>(_ body: () throws -> Result) rethrows -> Result {
        try Tape.$current.withValue(self, operation: body)
    }

    /// Runs `body` without recording anything, for example an evaluation inside a training step.
    public static func withoutRecording<Result>(_ body: () throws -> Result) rethrows -> Result {
        try Tape.$current.withValue(nil, operation: body)
    }

    /// The number of recorded operations.
    public var count: Int { entries.count }

    func traced(_ parameter: Parameter) -> Tensor? { leaves[ObjectIdentifier(parameter)] }

    private func value(of tensor: Tensor) -> Int? {
        guard let trace = tensor.trace, trace.tape == identity else { return nil }
        return trace.value
    }

    func record(_ primitive: some Primitive, _ inputs: [Tensor], _ outputs: [Tensor]) -> [Tensor] {
        let inputValues = inputs.map { value(of: $0) }
        guard inputValues.contains(where: { $0 != nil }) else { return outputs }
        var traced: [Tensor] = []
        entryOutputs.append(producers.count..<producers.count + outputs.count)
        for output in outputs {
            var copy = output
            copy.trace = Trace(tape: identity, value: producers.count)
            producers.append(entries.count)
            traced.append(copy)
        }
        let retention = primitive.retention
        entries.append(
            Entry(
                primitive: primitive,
                inputs: inputs.enumerated().map { retention.keepsInput($0) ? $1 : $1.hollow },
                outputs: traced.enumerated().map { retention.keepsOutput($0) ? $1 : $1.hollow },
                inputValues: inputValues))
        return traced
    }

    /// Gradients of a scalar (or of sum(output * seed)) with respect to everything the tape watches.
    ///
    /// - Parameters:
    ///   - output: a tensor computed while this tape recorded; a scalar unless `seed` is given.
    ///   - seed: upstream gradient, of the output's shape.
    ///   - retaining: keeps the record for another call, for example for a second output.
    ///   - differentiable: records the backward pass too, so that gradients of gradients can be taken;
    ///     implies `retaining`.
    ///   - intermediates: tensors computed on the way, whose gradients are wanted as well.
    /// Traps where `attemptGradients` throws, except that an output which depends on nothing that the tape
    /// watches has no gradients.
    public func gradients(
        of output: Tensor, seed: Tensor? = nil, retaining: Bool = false, differentiable: Bool = false,
        including intermediates: [Tensor] = []
    ) -> Gradients {
        do {
            return try attemptGradients(
                of: output, seed: seed, retaining: retaining, differentiable: differentiable,
                including: intermediates)
        } catch {
            if error == .nothingWatched { return Gradients(tape: self, adjoints: [:]) }
            fatalError(error.description)
        }
    }

    /// What `gradients` does, with a thrown error where it cannot be done.
    public func attemptGradients(
        of output: Tensor, seed: Tensor? = nil, retaining: Bool = false, differentiable: Bool = false,
        including intermediates: [Tensor] = []
    ) throws(GradientError) -> Gradients {
        if let seed {
            if seed.shape != output.shape { throw .seedMismatch(seed: seed.shape, output: output.shape) }
        } else if output.count != 1 {
            throw .notScalar(output.shape)
        }
        guard let start = value(of: output) else { throw .nothingWatched }
        let walk = { [self] () -> Result<[Int: Tensor], GradientError> in
            walkBack(
                from: start, seed: seed ?? Tensor.ones(output.shape), keep: retaining || differentiable,
                wanted: Set(intermediates.compactMap { value(of: $0) }))
        }
        let adjoints = differentiable ? record(walk) : Tape.withoutRecording(walk)
        return Gradients(tape: self, adjoints: try adjoints.get())
    }

    private func walkBack(
        from start: Int, seed: Tensor, keep: Bool, wanted: Set<Int>
    ) -> Result<[Int: Tensor], GradientError> {
        var adjoints = [Tensor?](repeating: nil, count: start + 1)
        var leafAdjoints: [Int: Tensor] = [:]
        adjoints[start] = seed
        guard let last = producers[start] else { return .success([start: seed]) }

        for index in stride(from: last, through: 0, by: -1) {
            let upstream = entryOutputs[index].map { $0 <= start ? adjoints[$0] : nil }
            if upstream.allSatisfy({ $0 == nil }) { continue }
            guard let entry = entries[index] else { return .failure(.usedUp) }
            for value in entryOutputs[index] where value <= start {
                if wanted.contains(value) { leafAdjoints[value] = adjoints[value] }
                adjoints[value] = nil
            }
            if !keep { entries[index] = nil }

            let pass = BackwardPass(
                inputs: entry.inputs, outputs: entry.outputs, upstream: upstream,
                needs: entry.inputValues.map { $0 != nil })
            let results = entry.primitive.cotangents(pass)
            require(
                results.count == entry.inputs.count,
                "[\(type(of: entry.primitive).name)] \(results.count) cotangents for \(entry.inputs.count) inputs"
            )
            for (position, result) in results.enumerated() {
                guard let result, let value = entry.inputValues[position] else { continue }
                require(
                    result.shape == entry.inputs[position].shape,
                    "[\(type(of: entry.primitive).name)] cotangent \(position) has shape \(result.shape), "
                        + "input has \(entry.inputs[position].shape)")
                if producers[value] == nil {
                    accumulate(result, into: &leafAdjoints[value])
                } else {
                    accumulate(result, into: &adjoints[value])
                }
            }
        }
        return .success(leafAdjoints)
    }

    /// Adds in place where nobody else can see the sum so far.
    private func accumulate(_ term: Tensor, into sum: inout Tensor?) {
        guard var current = sum else {
            sum = term
            return
        }
        sum = nil
        if Tape.current == nil, current.isContiguous, isKnownUniquelyReferenced(&current.storage) {
            current.addInPlace(term)
            sum = current
        } else {
            sum = current + term
        }
    }
}

/// Why gradients cannot be taken.
public enum GradientError: Error, Equatable, CustomStringConvertible {
    /// The output has several elements and no seed weighs them.
    case notScalar([Int])
    case seedMismatch(seed: [Int], output: [Int])
    /// The output was not computed, while the tape recorded, from anything that it watches.
    case nothingWatched
    /// An earlier backward pass let go of a part of the tape.
    case usedUp

    public var description: String {
        switch self {
        case .notScalar(let shape): "[gradients] output has shape \(shape): give a seed or a scalar"
        case .seedMismatch(let seed, let output): "[gradients] seed has shape \(seed), output has \(output)"
        case .nothingWatched: "[gradients] the output depends on nothing that the tape watches"
        case .usedUp: "[gradients] this part of the tape was used up: pass retaining: true before"
        }
    }
}

/// What `Tape.gradients` found.
public struct Gradients {
    fileprivate let tape: Tape
    fileprivate var adjoints: [Int: Tensor]

    /// The gradient of a watched parameter; nil if the output does not depend on it.
    public subscript(parameter: Parameter) -> Tensor? {
        tape.traced(parameter).flatMap { self[$0] }
    }

    /// The gradient of a tensor made by `Tape.watch`, or of an intermediate one that was asked for; nil if the output
    /// does not depend on it.
    public subscript(leaf: Tensor) -> Tensor? {
        guard let trace = leaf.trace, trace.tape == tape.identity else { return nil }
        return adjoints[trace.value]
    }

    /// The gradients with those of some parameters changed.
    public func mapped(_ parameters: [Parameter], _ change: (Tensor) -> Tensor) -> Gradients {
        var result = self
        for parameter in parameters {
            guard let value = tape.traced(parameter)?.trace?.value, let gradient = adjoints[value] else {
                continue
            }
            result.adjoints[value] = change(gradient)
        }
        return result
    }
}
