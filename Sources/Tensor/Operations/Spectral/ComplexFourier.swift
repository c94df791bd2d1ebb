/// The discrete Fourier transform of a complex last axis, not normalised:
/// (real, imaginary) [..., n] -> (real, imaginary) [..., n], with exp(-2 pi i k m / n), or exp(+...) if `inverse`.
struct ComplexFourier: Primitive {
    static let name = "complex_fourier"
    let inverse: Bool

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard inputs[0] == inputs[1], let length = inputs[0].last, length > 0 else {
            throw ShapeError(
                "[complex_fourier] real and imaginary parts must have one shape with a last axis, got "
                    + "\(inputs[0]) and \(inputs[1])")
        }
        return [inputs[0], inputs[0]]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let (a, b) = (inputs[0].contiguous(), inputs[1].contiguous())
        let length = outputShapes[0][outputShapes[0].count - 1]
        let bins = length / 2 + 1
        let plan = RealFFTFloat.plan(length: length)
        let imaginary = Tensor(unfilled: outputShapes[0]) { _ in }
        let real = Tensor(unfilled: outputShapes[0]) { out in
            let (baseA, baseB) = (a.base, b.base)
            ThreadPool.shared.run(a.count / length, grain: max(1, Elementwise.grain / length)) { rows in
                let scratch = Storage(count: 4 * bins)
                let (re, im) = (scratch.pointer, scratch.pointer + bins)
                let (reB, imB) = (scratch.pointer + 2 * bins, scratch.pointer + 3 * bins)
                for row in rows {
                    // The spectra A and B of the two real parts give A + i B, and from their symmetry the rest.
                    plan.forward(baseA + row * length, real: re, imaginary: im)
                    plan.forward(baseB + row * length, real: reB, imaginary: imB)
                    let (toReal, toImaginary) = (
                        out + row * length, imaginary.storage.pointer + row * length
                    )
                    for bin in 0..<bins {
                        let mirror = bin == 0 ? 0 : length - bin
                        let (here, there) = inverse ? (mirror, bin) : (bin, mirror)
                        toReal[there] = re[bin] + imB[bin]
                        toImaginary[there] = reB[bin] - im[bin]
                        toReal[here] = re[bin] - imB[bin]
                        toImaginary[here] = reB[bin] + im[bin]
                    }
                }
            }
        }
        withExtendedLifetime((a.storage, b.storage)) {}
        return [real, imaginary]
    }

    var retention: Retention { .nothing }

    /// The adjoint of a Fourier transform is the one with the other sign.
    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        apply(ComplexFourier(inverse: !inverse), [pass.cotangent(0), pass.cotangent(1)])
    }
}
