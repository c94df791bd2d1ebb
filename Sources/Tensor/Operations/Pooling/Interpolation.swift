/// How values between positions are found.
public enum InterpolationMode: Sendable, Hashable {
    /// The position at or before.
    case nearest
    /// Linear along each axis. With `alignsCorners` the first and last outputs stand on the first and last inputs;
    /// otherwise positions are the middles of cells.
    case linear(alignsCorners: Bool)
}

extension Tensor {
    /// Interpolates the axes between batch and channels to the given sizes.
    ///
    /// - Parameters:
    ///   - sizes: outputs along each of these axes, 1 or more.
    ///   - scales: output positions for one input position, from which positions are computed; default: the
    ///     ratio of the sizes.
    public func interpolated(
        to sizes: [Int], _ mode: InterpolationMode = .linear(alignsCorners: false), scales: [Double]? = nil
    ) -> Tensor {
        orTrap { () throws(ShapeError) in
            try Self.validateResampling(shape, sizes, operation: "interpolation")
            guard scales?.count ?? sizes.count == sizes.count, scales?.allSatisfy({ $0 > 0 }) ?? true else {
                throw ShapeError("[interpolation] needs a positive scale for each size, got \(scales ?? [])")
            }
        }
        return resampled { axis, size in
            let step = scales.map { 1 / $0[axis] } ?? Double(size) / Double(sizes[axis])
            return switch mode {
            case .nearest: .nearest(size, count: sizes[axis], step: step)
            case .linear(let aligns):
                .linear(size, count: sizes[axis], step: step, alignsCorners: aligns)
            }
        }
    }

    /// Interpolates the axes between batch and channels to size * scale, rounded down.
    ///
    /// - Parameter recomputesScale: whether positions come from the ratio of the rounded sizes instead of the
    ///   scale. Default false.
    public func interpolated(
        by scales: [Double], _ mode: InterpolationMode = .linear(alignsCorners: false),
        recomputesScale: Bool = false
    ) -> Tensor {
        require(
            rank == scales.count + 2,
            "[interpolation] \(scales.count) scales need \(scales.count + 2) axes, got \(shape)")
        let sizes = scales.indices.map { Int((Double(shape[$0 + 1]) * scales[$0]).rounded(.down)) }
        return interpolated(to: sizes, mode, scales: recomputesScale ? nil : scales)
    }
}

// MARK: - Pixel shuffling

extension Tensor {
    /// Turns channels into positions (Shi et al. 2016): with one axis between batch and channels
    /// [n, t, c r] -> [n, t r, c], with two [n, h, w, c r r] -> [n, h r, w r, c].
    ///
    /// - Parameter factor: r, 1 or more.
    /// - Returns: the result. Traps on what `shuffledShape` refuses.
    public func pixelShuffled(_ factor: Int) -> Tensor {
        let result = orTrap { () throws(ShapeError) in try Self.shuffledShape(shape, factor) }
        let channels = result[rank - 1]
        if rank == 3 {
            return reshaped([shape[0], shape[1], channels, factor]).permuted([0, 1, 3, 2]).reshaped(result)
        }
        return reshaped([shape[0], shape[1], shape[2], channels, factor, factor])
            .permuted([0, 1, 4, 2, 5, 3]).reshaped(result)
    }

    /// Undoes `pixelShuffled`.
    public func pixelUnshuffled(_ factor: Int) -> Tensor {
        let result = orTrap { () throws(ShapeError) in try Self.unshuffledShape(shape, factor) }
        let s = shape
        if rank == 3 {
            return reshaped([s[0], result[1], factor, s[2]]).permuted([0, 1, 3, 2]).reshaped(result)
        }
        return reshaped([s[0], result[1], factor, result[2], factor, s[3]])
            .permuted([0, 1, 3, 5, 2, 4]).reshaped(result)
    }

    /// The shape after `pixelShuffled`.
    /// - Throws: `ShapeError` if the channels cannot be divided.
    public static func shuffledShape(_ shape: [Int], _ factor: Int) throws(ShapeError) -> [Int] {
        guard shape.count == 3 || shape.count == 4, factor > 0 else {
            throw ShapeError(
                "[pixel_shuffle] needs [n, t, c] or [n, h, w, c] and a factor of 1 or more, got \(shape)")
        }
        var result = shape
        let parts = shape.count == 3 ? factor : factor * factor
        let last = shape.count - 1
        guard shape[last] % parts == 0 else {
            throw ShapeError(
                "[pixel_shuffle] \(shape[last]) channels of \(shape) are no multiple of \(parts)")
        }
        result[last] /= parts
        for axis in 1..<last { result[axis] *= factor }
        return result
    }

    /// The shape after `pixelUnshuffled`.
    /// - Throws: `ShapeError` if the positions cannot be divided.
    public static func unshuffledShape(_ shape: [Int], _ factor: Int) throws(ShapeError) -> [Int] {
        guard shape.count == 3 || shape.count == 4, factor > 0 else {
            throw ShapeError(
                "[pixel_unshuffle] needs [n, t, c] or [n, h, w, c] and a factor of 1 or more, got \(shape)")
        }
        var result = shape
        let last = shape.count - 1
        for axis in 1..<last {
            guard shape[axis] % factor == 0 else {
                throw ShapeError(
                    "[pixel_unshuffle] \(shape[axis]) positions of \(shape) are no multiple of \(factor)")
            }
            result[axis] /= factor
            result[last] *= factor
        }
        return result
    }
}
