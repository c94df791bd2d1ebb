/// Windows of `size` elements along an axis, `step` apart, as a new last axis: the axis then counts the windows.
struct Windows: Composite {
    static let name = "windows"
    let axis: Int
    let size: Int
    let step: Int

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let position = try Shape.normalise([axis], rank: inputs[0].count, operation: Self.name)[0]
        guard size > 0, step > 0, size <= inputs[0][position] else {
            throw ShapeError(
                "[windows] windows of \(size) every \(step) do not fit axis \(position) of \(inputs[0])")
        }
        var shape = inputs[0]
        shape[position] = (shape[position] - size) / step + 1
        return [shape + [size]]
    }

    func compose(_ inputs: [Tensor]) -> [Tensor] {
        let x = inputs[0]
        let position = axis < 0 ? axis + x.rank : axis
        let others = x.shape.indices.filter { $0 != position }
        let frames = x.permuted(others + [position]).frames(length: size, hop: step)
        // Now [others, windows, size].
        var order = Array(0..<others.count)
        order.insert(others.count, at: position)
        return [frames.permuted(order + [others.count + 1])]
    }
}

/// Where the taps of a kernel lie on an image.
public struct PatchGeometry: Sendable, Hashable {
    public var kernelHeight, kernelWidth: Int
    public var strideY, strideX: Int
    public var paddingY, paddingX: Int
    public var dilationY, dilationX: Int

    /// Each pair is rows, columns.
    public init(
        kernel: (Int, Int), stride: (Int, Int) = (1, 1), padding: (Int, Int) = (0, 0),
        dilation: (Int, Int) = (1, 1)
    ) {
        (kernelHeight, kernelWidth) = kernel
        (strideY, strideX) = stride
        (paddingY, paddingX) = padding
        (dilationY, dilationX) = dilation
    }

    /// How many positions the kernel has on an image of that size.
    func positions(height: Int, width: Int, operation: String) throws(ShapeError) -> (rows: Int, columns: Int)
    {
        guard kernelHeight > 0, kernelWidth > 0, strideY > 0, strideX > 0, dilationY > 0, dilationX > 0,
            paddingY >= 0, paddingX >= 0
        else {
            throw ShapeError(
                "[\(operation)] kernel, stride and dilation must be above 0, padding not negative: \(self)")
        }
        let rows = height + 2 * paddingY - dilationY * (kernelHeight - 1) - 1
        let columns = width + 2 * paddingX - dilationX * (kernelWidth - 1) - 1
        guard rows >= 0, columns >= 0 else {
            throw ShapeError("[\(operation)] \(self) does not fit an image of \(height) x \(width)")
        }
        return (rows / strideY + 1, columns / strideX + 1)
    }

    /// For every tap and position the row (or column) of the padded image, taps first.
    static func places(kernel: Int, stride: Int, dilation: Int, positions: Int) -> [Int] {
        (0..<kernel).flatMap { tap in (0..<positions).map { tap * dilation + $0 * stride } }
    }
}

/// The patches under a kernel: [batch, height, width, channels] ->
/// [batch, rows, columns, kernel height, kernel width, channels].
struct Patches: Composite {
    static let name = "patches"
    let geometry: PatchGeometry

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let shape = inputs[0]
        guard shape.count == 4 else {
            throw ShapeError("[patches] input must be [batch, height, width, channels], got \(shape)")
        }
        let size = try geometry.positions(height: shape[1], width: shape[2], operation: Self.name)
        return [
            [shape[0], size.rows, size.columns, geometry.kernelHeight, geometry.kernelWidth, shape[3]]
        ]
    }

    func compose(_ inputs: [Tensor]) -> [Tensor] {
        let x = inputs[0]
        let g = geometry
        guard let shape = try? outputShapes([x.shape])[0] else { return [] }
        let (rows, columns) = (shape[1], shape[2])
        let image = x.padded(axis: 1, before: g.paddingY, after: g.paddingY)
            .padded(axis: 2, before: g.paddingX, after: g.paddingX)
        let taken = image.taking(
            PatchGeometry.places(
                kernel: g.kernelHeight, stride: g.strideY, dilation: g.dilationY, positions: rows), axis: 1
        ).taking(
            PatchGeometry.places(
                kernel: g.kernelWidth, stride: g.strideX, dilation: g.dilationX, positions: columns), axis: 2)
        return [
            taken.reshaped([shape[0], g.kernelHeight, rows, g.kernelWidth, columns, shape[5]])
                .permuted([0, 2, 4, 1, 3, 5])
        ]
    }
}

/// The transpose of `Patches`: overlapping patches added up to an image of the given size.
struct FoldedPatches: Composite {
    static let name = "folded_patches"
    let geometry: PatchGeometry
    let height: Int
    let width: Int

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let shape = inputs[0]
        let size = try geometry.positions(height: height, width: width, operation: Self.name)
        let inner = [size.rows, size.columns, geometry.kernelHeight, geometry.kernelWidth]
        guard shape.count == 6, Array(shape[1..<5]) == inner else {
            throw ShapeError(
                "[folded_patches] input must be [batch, \(inner.map(String.init).joined(separator: ", ")), "
                    + "channels] for \(height) x \(width), got \(shape)")
        }
        return [[shape[0], height, width, shape[5]]]
    }

    func compose(_ inputs: [Tensor]) -> [Tensor] {
        let x = inputs[0]
        let g = geometry
        let (rows, columns) = (x.shape[1], x.shape[2])
        let (tall, wide) = (height + 2 * g.paddingY, width + 2 * g.paddingX)
        let lined = x.permuted([0, 3, 1, 4, 2, 5])
            .reshaped([x.shape[0], g.kernelHeight * rows, g.kernelWidth * columns, x.shape[5]])
        let acrossColumns = AddAtIndices(
            axis: 2,
            indices: PatchGeometry.places(
                kernel: g.kernelWidth, stride: g.strideX, dilation: g.dilationX, positions: columns),
            size: wide)
        let acrossRows = AddAtIndices(
            axis: 1,
            indices: PatchGeometry.places(
                kernel: g.kernelHeight, stride: g.strideY, dilation: g.dilationY, positions: rows), size: tall
        )
        let image = apply(acrossRows, [apply(acrossColumns, [lined])[0]])[0]
        return [
            image.slice(axis: 1, g.paddingY..<g.paddingY + height)
                .slice(axis: 2, g.paddingX..<g.paddingX + width)
        ]
    }
}

extension Tensor {
    /// Windows along an axis (negative: from the end) as a new last axis; the axis then counts the windows.
    public func windows(axis: Int, size: Int, step: Int) -> Tensor {
        apply(Windows(axis: axis, size: size, step: step), [self])[0]
    }

    /// The patches under a kernel: [batch, height, width, channels] ->
    /// [batch, rows, columns, kernel height, kernel width, channels].
    public func patches(_ geometry: PatchGeometry) -> Tensor {
        apply(Patches(geometry: geometry), [self])[0]
    }

    /// Patches as `patches` makes them, added up where they lie in an image [batch, height, width, channels].
    public func foldedPatches(_ geometry: PatchGeometry, height: Int, width: Int) -> Tensor {
        apply(FoldedPatches(geometry: geometry, height: height, width: width), [self])[0]
    }
}
