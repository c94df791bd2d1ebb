/// The real Fourier transform of the last axis: [..., n] -> real and imaginary parts [..., n/2 + 1] each.
struct RealFourier: Primitive {
    static let name = "real_fourier"

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard let length = inputs[0].last, length > 0 else {
            throw ShapeError("[real_fourier] needs a last axis of one element or more, got \(inputs[0])")
        }
        let shape = Array(inputs[0].dropLast()) + [length / 2 + 1]
        return [shape, shape]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let x = inputs[0].contiguous()
        let length = x.shape[x.rank - 1]
        let bins = length / 2 + 1
        let plan = RealFFTFloat.plan(length: length)
        let (real, imaginary) = (
            Storage(count: x.count / length * bins), Storage(count: x.count / length * bins)
        )
        withExtendedLifetime(x.storage) {
            let base = x.base
            ThreadPool.shared.run(x.count / length, grain: max(1, Elementwise.grain / length)) { range in
                for row in range {
                    plan.forward(
                        base + row * length, real: real.pointer + row * bins,
                        imaginary: imaginary.pointer + row * bins)
                }
            }
        }
        let strides = Shape.rowMajorStrides(outputShapes[0])
        return [
            Tensor(storage: real, shape: outputShapes[0], strides: strides),
            Tensor(storage: imaginary, shape: outputShapes[0], strides: strides),
        ]
    }

    var retention: Retention { .nothing }

    /// dx[n] = sum over k of gr[k] cos(w k n) - gi[k] sin(w k n): an inverse transform in which the bins that
    /// stand for two count half.
    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let length = pass.inputs[0].shape[pass.inputs[0].rank - 1]
        let weights = Tensor(InverseRealFourier.multiplicity(length).map { Float(length) / $0 })
        return [
            apply(
                InverseRealFourier(length: length),
                [pass.cotangent(0) * weights, pass.cotangent(1) * weights])[0]
        ]
    }
}

/// The inverse of `RealFourier`, 1/n included: (real, imaginary) [..., n/2 + 1] -> [..., n]. The imaginary
/// parts of bin 0, and of bin n/2 if n is even, are ignored.
struct InverseRealFourier: Primitive {
    static let name = "inverse_real_fourier"
    let length: Int

    /// How many of the n complex bins each of the n/2 + 1 stands for.
    static func multiplicity(_ length: Int) -> [Float] {
        (0..<(length / 2 + 1)).map { $0 == 0 || 2 * $0 == length ? 1 : 2 }
    }

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard length > 0, inputs[0] == inputs[1], inputs[0].last == length / 2 + 1 else {
            throw ShapeError(
                "[inverse_real_fourier] length \(length) needs two parts with \(length / 2 + 1) bins, got "
                    + "\(inputs[0]) and \(inputs[1])")
        }
        return [Array(inputs[0].dropLast()) + [length]]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let (real, imaginary) = (inputs[0].contiguous(), inputs[1].contiguous())
        let bins = length / 2 + 1
        let plan = RealFFTFloat.plan(length: length)
        let scale = 1 / Float(length)
        return [
            withExtendedLifetime((real.storage, imaginary.storage)) {
                Tensor(unfilled: outputShapes[0]) { out in
                    let (re, im) = (real.base, imaginary.base)
                    ThreadPool.shared.run(real.count / bins, grain: max(1, Elementwise.grain / length)) {
                        range in
                        for row in range {
                            let to = out + row * length
                            plan.inverse(real: re + row * bins, imaginary: im + row * bins, to)
                            for sample in 0..<length { to[sample] *= scale }
                        }
                    }
                }
            }
        ]
    }

    var retention: Retention { .nothing }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let spectrum = apply(RealFourier(), [pass.cotangent()])
        let weights = Self.multiplicity(length).map { $0 / Float(length) }
        var odd = weights
        odd[0] = 0
        if length % 2 == 0 { odd[length / 2] = 0 }
        return [spectrum[0] * Tensor(weights), spectrum[1] * Tensor(odd)]
    }
}

/// Overlapping frames of the last axis, without copying: [..., time] -> [..., frames, length].
struct Frames: Primitive {
    static let name = "frames"
    let length: Int
    let hop: Int

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard length > 0, hop > 0, let time = inputs[0].last, time >= length else {
            throw ShapeError("[frames] frames of \(length) every \(hop) do not fit \(inputs[0])")
        }
        return [Array(inputs[0].dropLast()) + [(time - length) / hop + 1, length]]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let x = inputs[0].contiguous()
        return [
            Tensor(
                storage: x.storage, shape: outputShapes[0], strides: Array(x.strides.dropLast()) + [hop, 1],
                offset: x.offset)
        ]
    }

    var retention: Retention { .nothing }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let time = pass.inputs[0].shape[pass.inputs[0].rank - 1]
        return [apply(OverlapAdd(hop: hop, time: time), [pass.cotangent()])[0]]
    }
}

/// Adds frames at their places: [..., frames, length] -> [..., time].
struct OverlapAdd: Primitive {
    static let name = "overlap_add"
    let hop: Int
    let time: Int

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let shape = inputs[0]
        guard hop > 0, shape.count >= 2, (shape[shape.count - 2] - 1) * hop + shape[shape.count - 1] <= time
        else {
            throw ShapeError("[overlap_add] frames \(shape) every \(hop) samples do not fit \(time) samples")
        }
        return [Array(shape.dropLast(2)) + [time]]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let x = inputs[0].contiguous()
        let (frames, length) = (x.shape[x.rank - 2], x.shape[x.rank - 1])
        let signals = x.count / max(1, frames * length)
        return [
            withExtendedLifetime(x.storage) {
                Tensor(unfilled: outputShapes[0]) { out in
                    let base = x.base
                    ThreadPool.shared.run(signals) { signal in
                        let to = out + signal * time
                        to.update(repeating: 0, count: time)
                        for frame in 0..<frames {
                            let from = base + (signal * frames + frame) * length
                            for sample in 0..<length { to[frame * hop + sample] += from[sample] }
                        }
                    }
                }
            }
        ]
    }

    var retention: Retention { .nothing }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let shape = pass.inputs[0].shape
        let (frames, length) = (shape[shape.count - 2], shape[shape.count - 1])
        let covered = (frames - 1) * hop + length
        return [
            apply(Frames(length: length, hop: hop), [pass.cotangent().slice(axis: -1, 0..<covered)])[0]
        ]
    }
}

extension Tensor {
    /// The real Fourier transform of the last axis, unnormalised: real and imaginary parts of n/2 + 1 bins.
    public func realFourier() -> (real: Tensor, imaginary: Tensor) {
        let parts = apply(RealFourier(), [self])
        return (parts[0], parts[1])
    }

    /// The signal of `length` samples with the given spectrum; undoes `realFourier`.
    public static func inverseRealFourier(real: Tensor, imaginary: Tensor, length: Int) -> Tensor {
        apply(InverseRealFourier(length: length), [real, imaginary])[0]
    }

    /// Overlapping frames of the last axis: [..., time] -> [..., frames, length].
    public func frames(length: Int, hop: Int) -> Tensor { apply(Frames(length: length, hop: hop), [self])[0] }

    /// Adds frames [..., frames, length], `hop` samples apart, into a signal [..., time].
    public func overlapAdded(hop: Int, time: Int) -> Tensor {
        apply(OverlapAdd(hop: hop, time: time), [self])[0]
    }
}
