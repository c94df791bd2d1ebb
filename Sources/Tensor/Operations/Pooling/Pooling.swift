extension Tensor {
    /// Means over windows of the axes between batch and channels: [n, t, c] with one window, [n, h, w, c] with
    /// two (rows first).
    ///
    /// - Parameter countsPadding: whether padded positions count as zeros; otherwise a mean is taken over the
    ///   positions inside alone. Default true.
    /// - Returns: [n, ..., c]. Traps on what `PoolingWindow.outputShape` refuses, and on dilations.
    public func averagePooled(_ windows: [PoolingWindow], countsPadding: Bool = true) -> Tensor {
        orTrap { () throws(ShapeError) in
            _ = try PoolingWindow.outputShape(shape, windows, operation: "average_pooling")
            guard windows.allSatisfy({ $0.dilation == 1 }) else {
                throw ShapeError("[average_pooling] windows have no dilation, got \(windows)")
            }
        }
        return resampled { axis, size in
            .means(size, windows[axis], countsPadding: countsPadding)
        }
    }

    /// The largest value of each window of the axes between batch and channels: [n, t, c] with one window,
    /// [n, h, w, c] with two (rows first). The gradient goes to the first maximum.
    ///
    /// - Returns: [n, ..., c]. Traps on what `PoolingWindow.outputShape` refuses.
    public func maximumPooled(_ windows: [PoolingWindow]) -> Tensor {
        let result = orTrap { () throws(ShapeError) in
            try PoolingWindow.outputShape(shape, windows, operation: "maximum_pooling")
        }
        if windows.count == 2 { return apply(MaximumPooling(y: windows[0], x: windows[1]), [self])[0] }
        require(windows.count == 1, "[maximum_pooling] takes 1 or 2 windows, not \(windows.count)")
        let image = reshaped([shape[0], 1, shape[1], shape[2]])
        return apply(MaximumPooling(y: PoolingWindow(kernel: 1), x: windows[0]), [image])[0].reshaped(result)
    }

    /// Means over windows that cover the axes between batch and channels, as many as `sizes` asks for.
    ///
    /// - Parameter sizes: outputs along each of these axes, 1 or more.
    public func adaptiveAveragePooled(_ sizes: [Int]) -> Tensor {
        orTrap { () throws(ShapeError) in
            try Self.validateResampling(shape, sizes, operation: "adaptive_average_pooling")
        }
        return resampled { axis, size in .adaptiveMeans(size, count: sizes[axis]) }
    }

    static func validateResampling(_ shape: [Int], _ sizes: [Int], operation: String) throws(ShapeError) {
        guard shape.count == sizes.count + 2 else {
            throw ShapeError(
                "[\(operation)] \(sizes.count) sizes need \(sizes.count + 2) axes [batch, ..., channels], "
                    + "got \(shape)")
        }
        guard sizes.allSatisfy({ $0 > 0 }), shape[1..<(shape.count - 1)].allSatisfy({ $0 > 0 }) else {
            throw ShapeError("[\(operation)] sizes must be 1 or more, got \(sizes) for input \(shape)")
        }
    }

    /// Applies a map to each axis between batch and channels.
    func resampled(_ map: (_ axis: Int, _ size: Int) -> SparseRows) -> Tensor {
        var result = self
        for axis in 1..<(rank - 1) {
            result = apply(AxisResampling(axis: axis, map: map(axis - 1, shape[axis])), [result])[0]
        }
        return result
    }
}
