/// An exponential decay.
struct Decay {
    /// Factor from one sample to the next.
    let factor: Float

    /// - Parameter time: Seconds to fall to 1/e.
    init(time: Double, sampleRate: Int) {
        factor = Float(Mathematics.exponential(-1 / (max(time, 1e-6) * Double(sampleRate))))
    }
}

/// A damped sinusoid, the free vibration of one mode of a struck body.
struct DampedMode {
    /// Hz.
    var frequency: Double
    /// Seconds to fall to 1/e.
    var time: Double
    var amplitude: Double
    var sampleRate: Int

    /// Adds the mode, begun at the given sample, until it has fallen by 70 dB.
    func add(to signal: inout [Float], at first: Int) {
        guard frequency < 0.48 * Double(sampleRate), first < signal.count else { return }
        let length = min(Int(8 * time * Double(sampleRate)) + 1, signal.count - first)
        guard first + length > 0 else { return }
        let radius = Mathematics.exponential(-1 / (max(time, 1e-6) * Double(sampleRate)))
        let angle = 2 * .pi * frequency / Double(sampleRate)
        let cosine = Float(radius * Mathematics.cosine(angle))
        let sine = Float(radius * Mathematics.sine(angle))
        var re = Float(amplitude)
        var im: Float = 0
        signal.withUnsafeMutableBufferPointer { samples in
            for i in first..<(first + length) {
                if i >= 0 { samples[i] += im }
                (re, im) = (re * cosine - im * sine, re * sine + im * cosine)
            }
        }
    }
}
