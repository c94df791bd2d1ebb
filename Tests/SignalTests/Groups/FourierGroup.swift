import Tensor

enum FourierGroup {
    static func check(_ check: SignalCheck) throws {
        let transform = RealFFT.plan(length: try check.entry.integer("n"))
        let spectrum = transform.forward(try check.samples())
        try check.expectClose(interleaved(spectrum.real, spectrum.imaginary), "out")
    }
}

/// [n] and [n] to [n, real/imaginary].
func interleaved(_ real: [Double], _ imaginary: [Double]) -> [Double] {
    zip(real, imaginary).flatMap { [$0, $1] }
}
