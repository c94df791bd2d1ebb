/// What every operation has: a name, attributes, and a rule that accepts shapes or says what is wrong.
public protocol Operation: Sendable {
    /// The name that error texts and the catalogue use.
    static var name: String { get }

    /// The shapes of the results for inputs of the given shapes.
    /// - Throws: `ShapeError` when the operation does not accept them, or its attributes make no sense.
    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]]
}

/// An operation made of other ones, which have the gradients.
public protocol Composite: Operation {
    /// Computes the results; the shapes have been checked, and nothing inside may trap.
    func compose(_ inputs: [Tensor]) -> [Tensor]
}

/// One differentiable operation: its attributes, the shapes it accepts, its forward kernel and its
/// vector-Jacobian product.
///
/// A vector-Jacobian product is written in operations again, so it can itself be recorded and
/// differentiated. To add a primitive: one type in `Operations`, and a row in the primitive catalogue of the
/// tests (which fails while a row is missing).
public protocol Primitive: Operation {
    /// Computes the results; the shapes have been checked.
    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor]

    /// What `cotangents` reads; anything else is let go as soon as the program lets go of it.
    var retention: Retention { get }

    /// The gradient of sum(outputs * cotangents) with respect to each input; nil where it is zero or not
    /// needed (`pass.needs`).
    func cotangents(_ pass: BackwardPass) -> [Tensor?]
}

/// Which inputs and outputs of a primitive its backward pass reads.
public struct Retention: Sendable {
    var inputs: UInt64 = 0
    var outputs: UInt64 = 0

    public static let nothing = Retention()
    public static let allInputs = Retention(inputs: .max)
    public static func inputs(_ indices: Int...) -> Retention {
        Retention(inputs: indices.reduce(0) { $0 | 1 << UInt64($1) })
    }
    public static func outputs(_ indices: Int...) -> Retention {
        Retention(outputs: indices.reduce(0) { $0 | 1 << UInt64($1) })
    }
    public func and(_ other: Retention) -> Retention {
        Retention(inputs: inputs | other.inputs, outputs: outputs | other.outputs)
    }

    func keepsInput(_ index: Int) -> Bool { index > 63 ? inputs == .max : inputs >> UInt64(index) & 1 == 1 }
    func keepsOutput(_ index: Int) -> Bool { outputs >> UInt64(index) & 1 == 1 }
}

/// What a primitive sees when the tape is walked backwards. Tensors that its `retention` does not name have
/// shapes but no data.
public struct BackwardPass {
    public let inputs: [Tensor]
    public let outputs: [Tensor]
    /// One per output; nil where nothing depends on that output.
    public let upstream: [Tensor?]
    /// Which inputs want a gradient.
    public let needs: [Bool]

    /// The cotangent of an output, zeros if nothing depends on it.
    public func cotangent(_ index: Int = 0) -> Tensor {
        upstream[index] ?? Tensor.zeros(outputs[index].shape)
    }
}

/// Runs a primitive on tensors and records it if a tape watches one of them. Traps with the primitive's
/// text when the shapes do not fit.
@discardableResult
public func apply(_ primitive: some Primitive, _ inputs: [Tensor]) -> [Tensor] {
    do { return try attempt(primitive, inputs) } catch { fatalError(error.description) }
}

/// Runs an operation made of others. Traps with its text when the shapes do not fit.
@discardableResult
public func apply(_ composite: some Composite, _ inputs: [Tensor]) -> [Tensor] {
    do { return try attempt(composite, inputs) } catch { fatalError(error.description) }
}

/// What `apply` does, with a thrown error for shapes that do not fit.
public func attempt(_ composite: some Composite, _ inputs: [Tensor]) throws(ShapeError) -> [Tensor] {
    _ = try composite.outputShapes(inputs.map(\.shape))
    return composite.compose(inputs)
}

/// What `apply` does, with a thrown error for shapes that do not fit.
public func attempt(_ primitive: some Primitive, _ inputs: [Tensor]) throws(ShapeError) -> [Tensor] {
    let shapes = try primitive.outputShapes(inputs.map(\.shape))
    let outputs = primitive.forward(inputs, outputShapes: shapes).map(\.detached)
    guard let tape = Tape.current else { return outputs }
    return tape.record(primitive, inputs, outputs)
}
