/// Where the factor 1/n of a pair of Fourier transforms stands.
public enum FourierNormalisation: String, Sendable, CaseIterable {
    /// With the inverse transform.
    case backward
    /// 1 / sqrt(n) with each.
    case ortho
    /// With the forward transform.
    case forward

    fileprivate func forwardScale(_ length: Int) -> Float {
        switch self {
        case .backward: 1
        case .ortho: 1 / Float(length).squareRoot()
        case .forward: 1 / Float(length)
        }
    }

    fileprivate func inverseScale(_ length: Int) -> Float {
        1 / Float(length) / forwardScale(length)
    }
}

extension Tensor {
    /// The Fourier transform of real signals along an axis.
    ///
    /// - Parameters:
    ///   - axis: default the last.
    ///   - length: n; signals are cut or padded with zeros to it. Default: their length.
    ///   - normalisation: default `backward`.
    /// - Returns: real and imaginary parts of the bins 0 ... n/2. Traps on what `validateFourier` refuses.
    public func realFourier(
        axis: Int, length: Int? = nil, normalisation: FourierNormalisation = .backward
    ) -> (real: Tensor, imaginary: Tensor) {
        orTrap { () throws(ShapeError) in try Self.validateFourier(shape, axis: axis, length: length) }
        let signal = lastAxis(axis, length: length)
        let scale = normalisation.forwardScale(signal.shape[rank - 1])
        let parts = signal.realFourier()
        return (parts.real.scaled(scale).restored(axis), parts.imaginary.scaled(scale).restored(axis))
    }

    /// The real signals with given spectra along an axis; undoes `realFourier`.
    ///
    /// - Parameter length: n, of the signals; default twice the bins less one. The bins 0 ... n/2 are read, the
    ///   imaginary parts of bins 0 and n/2 ignored.
    public static func inverseRealFourier(
        real: Tensor, imaginary: Tensor, axis: Int, length: Int? = nil,
        normalisation: FourierNormalisation = .backward
    ) -> Tensor {
        orTrap { () throws(ShapeError) in
            try validateFourier(real.shape, imaginary.shape, axis: axis, length: length)
        }
        let bins = real.shape[axis < 0 ? axis + real.rank : axis]
        let length = length ?? max(1, 2 * (bins - 1))
        let signal = inverseRealFourier(
            real: real.lastAxis(axis, length: length / 2 + 1),
            imaginary: imaginary.lastAxis(axis, length: length / 2 + 1), length: length)
        return signal.scaled(normalisation.inverseScale(length) * Float(length)).restored(axis)
    }

    /// The Fourier transform of complex signals along an axis, or its inverse.
    ///
    /// - Returns: real and imaginary parts of n bins or samples.
    public static func complexFourier(
        real: Tensor, imaginary: Tensor, axis: Int = -1, length: Int? = nil, inverse: Bool = false,
        normalisation: FourierNormalisation = .backward
    ) -> (real: Tensor, imaginary: Tensor) {
        orTrap { () throws(ShapeError) in
            try validateFourier(real.shape, imaginary.shape, axis: axis, length: length)
        }
        let signal = [real.lastAxis(axis, length: length), imaginary.lastAxis(axis, length: length)]
        let count = signal[0].shape[real.rank - 1]
        let scale =
            inverse ? normalisation.inverseScale(count) : normalisation.forwardScale(count)
        let parts = apply(ComplexFourier(inverse: inverse), signal)
        return (parts[0].scaled(scale).restored(axis), parts[1].scaled(scale).restored(axis))
    }

    /// - Throws: `ShapeError` if there is no such axis, it is empty, or the parts differ.
    public static func validateFourier(
        _ shape: [Int], _ imaginary: [Int]? = nil, axis: Int, length: Int? = nil
    ) throws(ShapeError) {
        let positive = axis < 0 ? axis + shape.count : axis
        guard shape.indices.contains(positive) else {
            throw ShapeError("[fourier] axis \(axis) is outside a tensor of shape \(shape)")
        }
        guard imaginary == nil || imaginary == shape else {
            throw ShapeError(
                "[fourier] real and imaginary parts must have one shape, got \(shape) and \(imaginary ?? [])")
        }
        guard length ?? shape[positive] > 0, shape[positive] > 0 else {
            throw ShapeError("[fourier] a length of 1 or more is needed, got \(length ?? 0) for \(shape)")
        }
    }

    private func scaled(_ factor: Float) -> Tensor { factor == 1 ? self : self * factor }

    /// The axis last, cut or padded with zeros to a length.
    private func lastAxis(_ axis: Int, length: Int?) -> Tensor {
        let position = axis < 0 ? axis + rank : axis
        var order = Array(shape.indices)
        order.append(order.remove(at: position))
        let moved = position == rank - 1 ? self : permuted(order)
        let size = shape[position]
        guard let length, length != size else { return moved }
        return length < size
            ? moved.slice(axis: -1, 0..<length) : moved.padded(axis: -1, before: 0, after: length - size)
    }

    /// The last axis back where it was.
    private func restored(_ axis: Int) -> Tensor {
        let position = axis < 0 ? axis + rank : axis
        if position == rank - 1 { return self }
        var order = Array(0..<(rank - 1))
        order.insert(rank - 1, at: position)
        return permuted(order)
    }
}
