/// A second-order section in transposed direct form II.
///
/// `y[n] = b0 x[n] + b1 x[n-1] + b2 x[n-2] - a1 y[n-1] - a2 y[n-2]`. The shapes follow the bilinear
/// designs of R. Bristow-Johnson, *Audio EQ cookbook*. Frequencies are clamped below 0.49 of the rate.
struct ToneFilter {
    var b0: Float = 1
    var b1: Float = 0
    var b2: Float = 0
    var a1: Float = 0
    var a2: Float = 0
    private var z1: Float = 0
    private var z2: Float = 0

    private init(b: (Double, Double, Double), a: (Double, Double, Double)) {
        b0 = Float(b.0 / a.0)
        b1 = Float(b.1 / a.0)
        b2 = Float(b.2 / a.0)
        a1 = Float(a.1 / a.0)
        a2 = Float(a.2 / a.0)
    }

    private static func angle(_ frequency: Double, _ sampleRate: Int) -> Double {
        2 * .pi * min(max(frequency / Double(sampleRate), 1e-5), 0.49)
    }

    static func lowPass(_ frequency: Double, quality: Double = 0.7071, sampleRate: Int) -> ToneFilter {
        let w = angle(frequency, sampleRate)
        let c = Mathematics.cosine(w)
        let alpha = Mathematics.sine(w) / (2 * quality)
        return ToneFilter(
            b: ((1 - c) / 2, 1 - c, (1 - c) / 2), a: (1 + alpha, -2 * c, 1 - alpha))
    }

    static func highPass(_ frequency: Double, quality: Double = 0.7071, sampleRate: Int) -> ToneFilter {
        let w = angle(frequency, sampleRate)
        let c = Mathematics.cosine(w)
        let alpha = Mathematics.sine(w) / (2 * quality)
        return ToneFilter(
            b: ((1 + c) / 2, -(1 + c), (1 + c) / 2), a: (1 + alpha, -2 * c, 1 - alpha))
    }

    /// Unit gain at the centre; white noise of unit variance leaves with variance near pi bandwidth / rate.
    static func bandPass(_ frequency: Double, bandwidth: Double, sampleRate: Int) -> ToneFilter {
        let w = angle(frequency, sampleRate)
        let alpha = Mathematics.tangent(min(.pi * bandwidth / Double(sampleRate), 1.5))
        let c = Mathematics.cosine(w)
        return ToneFilter(b: (alpha, 0, -alpha), a: (1 + alpha, -2 * c, 1 - alpha))
    }

    static func peak(
        _ frequency: Double, quality: Double, decibels: Double, sampleRate: Int
    ) -> ToneFilter {
        let w = angle(frequency, sampleRate)
        let gain = Mathematics.power(10, decibels / 40)
        let alpha = Mathematics.sine(w) / (2 * quality)
        let c = Mathematics.cosine(w)
        return ToneFilter(
            b: (1 + alpha * gain, -2 * c, 1 - alpha * gain), a: (1 + alpha / gain, -2 * c, 1 - alpha / gain))
    }

    /// First-order shelf: `decibels` at high frequencies, 0 dB at low ones, half of it at `frequency`.
    static func highShelf(_ frequency: Double, decibels: Double, sampleRate: Int) -> ToneFilter {
        let k = Mathematics.tangent(angle(frequency, sampleRate) / 2)
        let root = Mathematics.power(10, decibels / 40)
        return ToneFilter(
            b: (root * root + root * k, root * k - root * root, 0), a: (1 + root * k, root * k - 1, 0))
    }

    mutating func callAsFunction(_ x: Float) -> Float {
        let y = b0 * x + z1
        z1 = b1 * x - a1 * y + z2
        z2 = b2 * x - a2 * y
        return y
    }

    mutating func filter(_ signal: inout [Float]) {
        signal.withUnsafeMutableBufferPointer { samples in
            var (z1, z2) = (self.z1, self.z2)
            for i in samples.indices {
                let x = samples[i]
                let y = b0 * x + z1
                z1 = b1 * x - a1 * y + z2
                z2 = b2 * x - a2 * y
                samples[i] = y
            }
            (self.z1, self.z2) = (z1, z2)
        }
    }
}

/// A first-order low-pass with unit gain at 0 Hz: `y[n] = y[n-1] + k (x[n] - y[n-1])`.
struct OnePole {
    var k: Float
    var state: Float = 0

    init(cutoff: Double, sampleRate: Int) {
        k = Float(1 - Mathematics.exponential(-2 * .pi * cutoff / Double(sampleRate)))
    }

    mutating func callAsFunction(_ x: Float) -> Float {
        state += k * (x - state)
        return state
    }
}
