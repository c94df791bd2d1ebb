import Tensor

/// The delay between two signals from their whitened cross-correlation:
///
///     c(t) = sum over k of X[k]* Y[k] / |X[k] Y[k]|^w  exp(2 pi i k t / N),   w = 0.8
///
/// Whitening makes the peak sharp whatever the sound is; the exponent below 1 lets strong bins count more, since
/// weak ones hold noise. Source: Knapp and Carter, The generalized correlation method for estimation of time delay,
/// IEEE TASSP 24(4), 1976 (phase transform: w = 1).
struct CrossCorrelation {
    /// Samples by which the second signal is late, with a fraction.
    let delay: Double
    /// The peak over the RMS of the whole correlation.
    let peakRatio: Double

    private static let whitening: Float = 0.8

    /// - Parameters:
    ///   - reference, other: any lengths; what lies beyond their ends is silence.
    ///   - delays: whole delays among which the peak is looked for; not empty.
    ///   - band: bins that count, as shares of the sampling rate.
    /// - Returns: nil where either signal is silent.
    init?(
        reference: [Float], other: [Float], delays: ClosedRange<Int>, band: ClosedRange<Double> = 0.004...0.46
    ) {
        var length = 256
        while length < reference.count + other.count { length *= 2 }
        let transform = RealFFTFloat.plan(length: length)
        func spectrum(_ signal: [Float]) -> (real: [Float], imaginary: [Float]) {
            transform.forward(signal + [Float](repeating: 0, count: length - signal.count))
        }
        let (x, y) = (spectrum(reference), spectrum(other))
        var real = [Float](repeating: 0, count: transform.binCount)
        var imaginary = real
        var energy = 0.0
        let lowest = max(1, Int(band.lowerBound * Double(length)))
        let highest = min(transform.binCount - 2, Int(band.upperBound * Double(length)))
        guard lowest <= highest else { return nil }
        for k in lowest...highest {
            let re = x.real[k] * y.real[k] + x.imaginary[k] * y.imaginary[k]
            let im = x.real[k] * y.imaginary[k] - x.imaginary[k] * y.real[k]
            let size = (re * re + im * im).squareRoot()
            guard size > 1e-20 else { continue }
            let weight = Mathematics.power(size, -Self.whitening)
            real[k] = re * weight
            imaginary[k] = im * weight
            energy += 2 * Double(re * weight * re * weight + im * weight * im * weight)
        }
        guard energy > 0 else { return nil }
        let correlation = transform.inverse(real: real, imaginary: imaginary)
        var best = delays.lowerBound
        func value(_ delay: Int) -> Float { correlation[((delay % length) + length) % length] }
        for delay in delays where value(delay) > value(best) { best = delay }
        // Parseval: the mean square of the correlation is the energy of its spectrum.
        let ratio = Double(value(best)) / energy.squareRoot()
        guard ratio > 0 else { return nil }
        peakRatio = ratio
        delay =
            Double(best)
            + Self.refined(
                near: best, real: real, imaginary: imaginary, bins: lowest...highest, length: length)
    }

    /// The fraction at which the correlation, evaluated between samples, is largest (golden-section search).
    private static func refined(
        near whole: Int, real: [Float], imaginary: [Float], bins: ClosedRange<Int>, length: Int
    ) -> Double {
        func value(_ fraction: Double) -> Double {
            let step = 2 * Double.pi * (Double(whole) + fraction) / Double(length)
            let (stepCosine, stepSine) = (Mathematics.cosine(step), Mathematics.sine(step))
            var c = Mathematics.cosine(step * Double(bins.lowerBound))
            var s = Mathematics.sine(step * Double(bins.lowerBound))
            var sum = 0.0
            for k in bins {
                sum += Double(real[k]) * c - Double(imaginary[k]) * s
                (c, s) = (c * stepCosine - s * stepSine, s * stepCosine + c * stepSine)
            }
            return sum
        }
        let golden = (5.0.squareRoot() - 1) / 2
        var (low, high) = (-0.75, 0.75)
        var (a, b) = (high - golden * (high - low), low + golden * (high - low))
        var (valueA, valueB) = (value(a), value(b))
        while high - low > 1e-3 {
            if valueA > valueB {
                (high, b, valueB) = (b, a, valueA)
                a = high - golden * (high - low)
                valueA = value(a)
            } else {
                (low, a, valueA) = (a, b, valueB)
                b = low + golden * (high - low)
                valueB = value(b)
            }
        }
        return (low + high) / 2
    }
}
