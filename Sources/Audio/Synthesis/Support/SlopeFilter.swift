/// Shapes white noise to a power spectrum that falls as `1 / f^exponent`.
///
/// First-order pole-zero sections spaced evenly on a logarithmic axis approximate the fractional
/// integrator (A. Oustaloup, *La dérivation non entière*, 1995): each pole is followed by a zero, and the
/// ratio of the two sets the mean slope. Valid from 20 Hz to 0.45 of the rate within about 1 dB.
struct SlopeFilter {
    private var poles: [Float] = []
    private var zeros: [Float] = []
    private var states: [(x: Float, y: Float)] = []
    private var scale: Float = 1

    /// - Parameters:
    ///   - exponent: 0 (white) ... 2 (brown); 1 is pink.
    ///   - sampleRate: Hz.
    init(exponent: Double, sampleRate: Int) {
        let nyquist = Double(sampleRate) / 2
        let sections = 10
        let lowest = 12.0
        let step = Mathematics.power(nyquist * 1.6 / lowest, 1 / Double(sections))
        for k in 0..<sections {
            // Over one step in frequency a pole-zero pair falls by exponent/2 of a full pole's slope.
            let pole = lowest * Mathematics.power(step, Double(k))
            let zero = pole * Mathematics.power(step, exponent / 2)
            let p = Mathematics.exponential(-2 * .pi * pole / Double(sampleRate))
            let z = Mathematics.exponential(-2 * .pi * zero / Double(sampleRate))
            poles.append(Float(p))
            zeros.append(Float(z))
            // Unit gain at 1 kHz would need the whole response; unit gain at Nyquist is close enough
            // to keep the numbers tame, since callers normalise the result.
            scale *= Float((1 + p) / (1 + z))
        }
        states = [(x: Float, y: Float)](repeating: (0, 0), count: sections)
    }

    mutating func filter(_ signal: inout [Float]) {
        signal.withUnsafeMutableBufferPointer { samples in
            for section in poles.indices {
                var (x1, y1) = states[section]
                let (p, z) = (poles[section], zeros[section])
                for i in samples.indices {
                    let x = samples[i]
                    y1 = x - z * x1 + p * y1
                    x1 = x
                    samples[i] = y1
                }
                states[section] = (x1, y1)
            }
            for i in samples.indices { samples[i] *= scale }
        }
    }
}
