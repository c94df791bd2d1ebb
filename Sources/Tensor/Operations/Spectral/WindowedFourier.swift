/// The spectra of overlapping frames: [..., time] -> real and imaginary parts [..., frames, n/2 + 1] of each frame
/// times a window of n samples, `hop` samples apart. Frames and their windowed copies never exist as a whole.
struct WindowedFourier: Primitive {
    static let name = "windowed_fourier"
    let window: [Float]
    let hop: Int

    private var length: Int { window.count }
    private var bins: Int { window.count / 2 + 1 }

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard length > 0, hop > 0, let time = inputs[0].last, time >= length else {
            throw ShapeError("[windowed_fourier] frames of \(length) every \(hop) do not fit \(inputs[0])")
        }
        let shape = Array(inputs[0].dropLast()) + [(time - length) / hop + 1, bins]
        return [shape, shape]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let x = inputs[0].contiguous()
        let time = x.shape[x.rank - 1]
        let frames = outputShapes[0][outputShapes[0].count - 2]
        let plan = RealFFTFloat.plan(length: length)
        let imaginary = Tensor(unfilled: outputShapes[0]) { _ in }
        let real = Tensor(unfilled: outputShapes[0]) { out in
            let base = x.base
            let grain = max(1, Elementwise.grain / length)
            ThreadPool.shared.run(x.count / time * frames, grain: grain) { rows in
                let scratch = Storage(count: length)
                for row in rows {
                    let from = base + row / frames * time + row % frames * hop
                    for index in 0..<length { scratch.pointer[index] = from[index] * window[index] }
                    plan.forward(
                        scratch.pointer, real: out + row * bins,
                        imaginary: imaginary.storage.pointer + row * bins)
                }
            }
        }
        withExtendedLifetime(x.storage) {}
        return [real, imaginary]
    }

    var retention: Retention { .nothing }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        let time = pass.inputs[0].shape[pass.inputs[0].rank - 1]
        return apply(
            WindowedFourierAdjoint(window: window, hop: hop, time: time),
            [pass.cotangent(0), pass.cotangent(1)])
    }
}

/// The adjoint of `WindowedFourier`: (real, imaginary) [..., frames, n/2 + 1] -> [..., time], where each frame adds
/// w[m] sum over k of real[k] cos(2 pi k m / n) - imaginary[k] sin(2 pi k m / n).
struct WindowedFourierAdjoint: Primitive {
    static let name = "windowed_fourier_adjoint"
    let window: [Float]
    let hop: Int
    let time: Int

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let shape = inputs[0]
        guard inputs[1] == shape, shape.count >= 2, shape[shape.count - 1] == window.count / 2 + 1,
            shape[shape.count - 2] > 0, time >= window.count,
            (time - window.count) / hop + 1 == shape[shape.count - 2]
        else {
            throw ShapeError(
                "[windowed_fourier_adjoint] parts \(shape) and \(inputs[1]) are no spectra of frames of "
                    + "\(window.count) every \(hop) in \(time) samples")
        }
        return [Array(shape.dropLast(2)) + [time]]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let (real, imaginary) = (inputs[0].contiguous(), inputs[1].contiguous())
        let (frames, bins) = (real.shape[real.rank - 2], real.shape[real.rank - 1])
        let length = window.count
        let plan = RealFFTFloat.plan(length: length)
        // The inverse transform counts every bin but the first, and the middle one, twice.
        let weights = InverseRealFourier.multiplicity(length).map { 1 / $0 }
        return [
            withExtendedLifetime((real.storage, imaginary.storage)) {
                Tensor(unfilled: outputShapes[0]) { out in
                    let (re, im) = (real.base, imaginary.base)
                    ThreadPool.shared.run(real.count / max(1, frames * bins)) { signal in
                        let to = out + signal * time
                        to.update(repeating: 0, count: time)
                        let scratch = Storage(count: 2 * bins + length)
                        let (weighed, other) = (scratch.pointer, scratch.pointer + bins)
                        let frame = scratch.pointer + 2 * bins
                        for number in 0..<frames {
                            let from = (signal * frames + number) * bins
                            for bin in 0..<bins {
                                weighed[bin] = re[from + bin] * weights[bin]
                                other[bin] = im[from + bin] * weights[bin]
                            }
                            plan.inverse(real: weighed, imaginary: other, frame)
                            let place = to + number * hop
                            for index in 0..<length { place[index] += frame[index] * window[index] }
                        }
                    }
                }
            }
        ]
    }

    var retention: Retention { .nothing }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        apply(WindowedFourier(window: window, hop: hop), [pass.cotangent()])
    }
}
