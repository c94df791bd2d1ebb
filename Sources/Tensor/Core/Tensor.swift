/// An array of 32-bit floats with any number of axes.
///
/// A tensor is a value: it never changes once made. Views (transpositions, slices, broadcasts) share the
/// storage of the tensor that they look at. Layout is channels-last throughout the workbench: audio
/// `[batch, time, channels]`, spectra `[batch, frames, bins, channels]`, sequences `[batch, time, features]`.
public struct Tensor: Sendable {
    var storage: Storage
    /// The size of each axis; empty for a scalar.
    public let shape: [Int]
    let strides: [Int]
    let offset: Int
    /// Where the tensor stands on a tape, if it was computed from something that the tape watches.
    var trace: Trace?

    init(storage: Storage, shape: [Int], strides: [Int], offset: Int = 0, trace: Trace? = nil) {
        self.storage = storage
        self.shape = shape
        self.strides = strides
        self.offset = offset
        self.trace = trace
    }

    /// The number of elements.
    public var count: Int { Shape.count(shape) }

    /// The number of axes.
    public var rank: Int { shape.count }

    /// Whether elements lie in row-major order without gaps.
    var isContiguous: Bool { Shape.isRowMajor(shape, strides) }

    /// The address of the first element. Meaningful as a plain array only if `isContiguous`.
    var base: UnsafePointer<Float> {
        require(storage.count >= 0, "[tensor] the data of shape \(shape) was not kept for the backward pass")
        return UnsafePointer(storage.pointer + offset)
    }
}

// MARK: - Making tensors

extension Tensor {
    /// A new contiguous tensor whose elements `fill` writes, all of them.
    init(unfilled shape: [Int], fill: (UnsafeMutablePointer<Float>) -> Void) {
        require(shape.allSatisfy { $0 >= 0 }, "[tensor] negative size in shape \(shape)")
        let storage = Storage(count: Shape.count(shape))
        fill(storage.pointer)
        self.init(storage: storage, shape: shape, strides: Shape.rowMajorStrides(shape))
    }

    /// A tensor with the given elements in row-major order. Traps if their number does not fit the shape.
    public init(_ values: [Float], shape: [Int]) {
        require(
            values.count == Shape.count(shape), "[tensor] \(values.count) values do not fill shape \(shape)")
        self.init(unfilled: shape) { pointer in
            values.withUnsafeBufferPointer { source in
                if let from = source.baseAddress { pointer.update(from: from, count: values.count) }
            }
        }
    }

    /// A tensor of one axis.
    public init(_ values: [Float]) { self.init(values, shape: [values.count]) }

    /// A tensor without axes.
    public init(_ value: Float) { self.init([value], shape: []) }

    /// Every element the same.
    public static func full(_ shape: [Int], _ value: Float) -> Tensor {
        Tensor(unfilled: shape) { $0.update(repeating: value, count: Shape.count(shape)) }
    }

    public static func zeros(_ shape: [Int]) -> Tensor { full(shape, 0) }
    public static func ones(_ shape: [Int]) -> Tensor { full(shape, 1) }

    /// Independent normal numbers.
    public static func normal(
        _ shape: [Int], mean: Float = 0, deviation: Float = 1, from stream: inout RandomStream
    ) -> Tensor {
        let values = (0..<Shape.count(shape)).map { _ in mean + deviation * Float(stream.gaussian()) }
        return Tensor(values, shape: shape)
    }

    /// Independent numbers uniform in [low, high).
    public static func uniform(
        _ shape: [Int], low: Float = 0, high: Float = 1, from stream: inout RandomStream
    ) -> Tensor {
        let values = (0..<Shape.count(shape)).map { _ in low + (high - low) * Float(stream.uniform()) }
        return Tensor(values, shape: shape)
    }
}

// MARK: - Reading tensors

extension Tensor {
    /// The elements in row-major order.
    public var values: [Float] { withValues { Array($0) } }

    /// The only element. Traps if there are more or none.
    public var item: Float {
        require(count == 1, "[tensor] item needs one element, shape is \(shape)")
        return base.pointee
    }

    /// Calls `body` with the elements in row-major order, without copying where they lie so already.
    public func withValues<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        let plain = contiguous()
        return try withExtendedLifetime(plain.storage) {
            try body(UnsafeBufferPointer(start: plain.base, count: plain.count))
        }
    }

    /// The same tensor, unknown to every tape.
    public var detached: Tensor {
        Tensor(storage: storage, shape: shape, strides: strides, offset: offset)
    }

    /// The shape, trace and layout without the data.
    var hollow: Tensor {
        Tensor(storage: .hollow, shape: shape, strides: strides, offset: 0, trace: trace)
    }

    /// The same elements in row-major order: the tensor itself or a copy. Not recorded: layout has no gradient.
    func contiguous() -> Tensor {
        if isContiguous { return self }
        var copy = Tensor(unfilled: shape) { StridedCopy.run(from: self, to: $0) }
        copy.trace = trace
        return copy
    }
}

extension Tensor: CustomStringConvertible {
    public var description: String {
        let shown = values.prefix(8).map { "\($0)" }.joined(separator: ", ")
        return "Tensor(shape: \(shape), values: [\(shown)\(count > 8 ? ", ..." : "")])"
    }
}
