import Tensor

/// One period of a harmonic sound, read at any speed.
struct Wavetable {
    private static let size = 2048
    private var table: [Float]

    /// - Parameters:
    ///   - amplitudes: Of harmonics 1, 2, ...; at most 200 are used. The caller leaves out those above the
    ///     Nyquist frequency.
    ///   - phases: Of the harmonics, in periods, as many as amplitudes.
    init(amplitudes: [Double], phases: [Double]) {
        var table = [Float](repeating: 0, count: Self.size + 1)
        for (index, amplitude) in amplitudes.prefix(200).enumerated() where abs(amplitude) > 1e-5 {
            let angle = 2 * .pi * Double(index + 1) / Double(Self.size)
            let (cosine, sine) = (Float(Mathematics.cosine(angle)), Float(Mathematics.sine(angle)))
            var re = Float(amplitude * Mathematics.cosine(2 * .pi * phases[index]))
            var im = Float(amplitude * Mathematics.sine(2 * .pi * phases[index]))
            for i in 0..<Self.size {
                table[i] += im
                (re, im) = (re * cosine - im * sine, re * sine + im * cosine)
            }
        }
        table[Self.size] = table[0]
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
