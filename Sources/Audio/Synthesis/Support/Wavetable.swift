import Tensor

/// One period of a harmonic sound, read at any speed.
struct Wavetable {
    private static let size = 2048
    private let table: [Float]

    /// - Parameters:
    ///   - amplitudes: Of harmonics 1, 2, ...; at most 200 are used. The caller leaves out those above the
    ///     Nyquist frequency.
    ///   - phases: Of the harmonics, in periods, as many as amplitudes.
    init(amplitudes: [Double], phases: [Double]) {
        let transform = RealFFTFloat.plan(length: Self.size)
        var real = [Float](repeating: 0, count: transform.binCount)
        var imaginary = real
        for (index, amplitude) in amplitudes.prefix(200).enumerated() {
            // a sin(2 pi ((k + 1) n / N + phase)) as half of a conjugate pair
            real[index + 1] = Float(0.5 * amplitude * Mathematics.sine(2 * .pi * phases[index]))
            imaginary[index + 1] = Float(-0.5 * amplitude * Mathematics.cosine(2 * .pi * phases[index]))
        }
        var table = transform.inverse(real: real, imaginary: imaginary)
        table.append(table[0])
        self.table = table
    }

    /// With random phases.
    init(amplitudes: [Double], stream: inout RandomStream) {
        self.init(amplitudes: amplitudes, phases: amplitudes.map { _ in stream.uniform() })
    }

    /// The value at a phase in periods, 0 ..< 1.
    @inline(__always)
    func value(at phase: Double) -> Float {
        let position = Float(phase) * Float(Self.size)
        let i = min(Int(position), Self.size - 1)
        let share = position - Float(i)
        return table[i] + share * (table[i + 1] - table[i])
    }
}
