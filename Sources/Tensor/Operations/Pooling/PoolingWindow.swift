/// How a pooling window moves along one axis.
public struct PoolingWindow: Sendable, Hashable {
    /// Positions that one output looks at; 1 or more.
    public var kernel: Int
    /// Distance of neighbouring outputs; 1 or more.
    public var stride: Int
    /// Positions added on both sides; 0 ... kernel / 2.
    public var padding: Int
    /// Distance of neighbouring positions in the window; 1 or more.
    public var dilation: Int
    /// Whether a last window may hang over the end.
    public var coversEnd: Bool

    /// - Parameter stride: default: the kernel's size.
    public init(
        kernel: Int, stride: Int? = nil, padding: Int = 0, dilation: Int = 1, coversEnd: Bool = false
    ) {
        self.kernel = kernel
        self.stride = stride ?? kernel
        self.padding = padding
        self.dilation = dilation
        self.coversEnd = coversEnd
    }

    /// The number of outputs; 0 if not even one window fits.
    func outputSize(_ size: Int) -> Int {
        let room = size + 2 * padding - dilation * (kernel - 1) - 1 + (coversEnd ? stride - 1 : 0)
        if room < 0 { return 0 }
        let count = room / stride + 1
        // A window may not begin behind the input.
        return coversEnd && (count - 1) * stride >= size + padding ? count - 1 : count
    }

    func validate(_ size: Int, _ input: [Int], _ operation: String) throws(ShapeError) {
        guard kernel > 0, stride > 0, dilation > 0 else {
            throw ShapeError("[\(operation)] kernel, stride and dilation must be 1 or more, got \(self)")
        }
        guard padding >= 0, padding <= kernel / 2 else {
            throw ShapeError(
                "[\(operation)] padding must be 0 to \(kernel / 2), half of the kernel, got \(padding)")
        }
        guard size > 0, outputSize(size) > 0 else {
            throw ShapeError("[\(operation)] no window of \(kernel) fits \(size) positions: input \(input)")
        }
    }

    /// The shape after pooling the axes between the first, the batch, and the last, the channels.
    /// - Throws: `ShapeError` if there are not as many such axes as windows, or a window does not fit.
    public static func outputShape(
        _ input: [Int], _ windows: [PoolingWindow], operation: String = "pooling"
    ) throws(ShapeError) -> [Int] {
        guard input.count == windows.count + 2 else {
            throw ShapeError(
                "[\(operation)] \(windows.count) windows need \(windows.count + 2) axes "
                    + "[batch, ..., channels], got \(input)")
        }
        guard input[input.count - 1] > 0 else {
            throw ShapeError("[\(operation)] the input has no channels: \(input)")
        }
        var shape = input
        for (axis, window) in windows.enumerated() {
            try window.validate(input[axis + 1], input, operation)
            shape[axis + 1] = window.outputSize(input[axis + 1])
        }
        return shape
    }
}
