import CKernels

/// sqrt(max(re² + im², floor)) of two parts of one shape.
struct SpectralMagnitude: Primitive {
    static let name = "spectral_magnitude"
    let floor: Float

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard inputs[0] == inputs[1] else {
            throw ShapeError(
                "[spectral_magnitude] real and imaginary parts must have one shape, got \(inputs[0]) and "
                    + "\(inputs[1])")
        }
        return [inputs[0]]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        [Elementwise.pair(inputs[0], inputs[1]) { ck_magnitude($0, $1, floor, $2, $3) }]
    }

    var retention: Retention { .inputs(0, 1) }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        apply(SpectralMagnitudeGradient(floor: floor), pass.inputs + [pass.cotangent()])
    }
}

/// (real, imaginary, upstream g) -> gradients with respect to both parts: g re / magnitude where re² + im² is at least
/// the floor, 0 elsewhere.
struct SpectralMagnitudeGradient: Primitive {
    static let name = "spectral_magnitude_gradient"
    let floor: Float

    func outputShapes(_ inputs: [[Int]]) -> [[Int]] { [inputs[0], inputs[0]] }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let plain = inputs.map { $0.contiguous() }
        let imaginary = Tensor(unfilled: outputShapes[0]) { _ in }
        let real = Tensor(unfilled: outputShapes[0]) { out in
            let (re, im, g) = (plain[0].base, plain[1].base, plain[2].base)
            let other = imaginary.storage.pointer
            ThreadPool.shared.run(plain[0].count, grain: Elementwise.grain) { range in
                let start = range.lowerBound
                ck_magnitude_gradient(
                    re + start, im + start, g + start, floor, out + start, other + start, range.count)
            }
        }
        withExtendedLifetime(plain) {}
        return [real, imaginary]
    }

    var retention: Retention { .allInputs }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        ComposedGradient.cotangents(
            inputs: Array(pass.inputs[..<2]), upstreams: [pass.inputs[2]], directions: pass.upstream
        ) {
            [($0[0].squared() + $0[1].squared()).clamped(low: floor).squareRoot()]
        }
    }
}

extension Tensor {
    /// The magnitudes sqrt(max(re² + im², floor)) of a spectrum.
    ///
    /// - Parameter floor: smallest power, 0 or more; below it the gradient is 0. With 0 the gradient at 0 does not
    ///   exist.
    public static func magnitude(real: Tensor, imaginary: Tensor, floor: Float = 1e-7) -> Tensor {
        apply(SpectralMagnitude(floor: floor), [real, imaginary])[0]
    }
}
