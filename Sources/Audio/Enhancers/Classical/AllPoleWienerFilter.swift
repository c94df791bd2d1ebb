import Tensor

/// Wiener's filter with an all-pole model of the speech, estimated and applied in turns.
///
/// In each frame the powers of the present estimate give coefficients of linear prediction a; with the gain g that
/// leaves the frame the energy it has above the noise,
///
///     Ps = g^2 / |A|^2,   H = max(Ps / (Ps + N), floor),   estimate = H^2 P,
///
/// and so again, each time from the noisy frame. More turns make formants too sharp.
///
/// Source: Lim, Oppenheim, All-pole modeling of degraded speech, IEEE TASSP 26(3), 1978.
public struct AllPoleWienerFilter: Enhancer, Sendable {
    public let name = "iterative Wiener filter"
    /// Length of a frame, seconds; the hop is half of it.
    public let frameDuration: Double
    public let noise: NoiseEstimator
    /// Poles of the model; nil: two more than the sampling rate in kilohertz, at most 40.
    public let order: Int?
    public let iterations: Int
    /// Lowest gain, dB.
    public let floorDecibels: Double

    /// - Parameters:
    ///   - frameDuration: seconds, default 0.032.
    ///   - noise: default the tracked minimum.
    ///   - iterations: at least 1, default 2.
    ///   - floorDecibels: dB, default -20.
    public init(
        frameDuration: Double = 0.032, noise: NoiseEstimator = .trackedMinimum(), order: Int? = nil,
        iterations: Int = 2, floorDecibels: Double = -20
    ) {
        self.frameDuration = frameDuration
        self.noise = noise
        self.order = order
        self.iterations = max(1, iterations)
        self.floorDecibels = floorDecibels
    }

    public func enhance(_ samples: [Float], sampleRate: Int) -> [Float] {
        let order = order ?? min(40, 2 + sampleRate / 1000)
        // Zeros keep the autocorrelation from running round.
        return SpectralGains(frameDuration: frameDuration, overlap: 2, noise: noise, zeroPadding: 2)
            .apply(to: samples, sampleRate: sampleRate) { power, noise in
                let bins = power.binCount
                let model = AllPoleModel(length: 2 * (bins - 1), order: min(order, bins - 2))
                let floor = Decibel.toAmplitude(floorDecibels)
                var gains = [Double](repeating: floor, count: power.values.count)
                for t in 0..<power.frameCount {
                    let range = t * bins..<(t + 1) * bins
                    let row = Array(power.values[range])
                    let noiseRow = Array(noise[range])
                    let energy = model.sum(row) - model.sum(noiseRow)
                    guard energy > 0 else { continue }
                    var estimate = row
                    for _ in 0..<iterations {
                        guard let shape = model.shape(of: estimate) else { break }
                        let scale = energy / model.sum(shape)
                        for bin in 0..<bins {
                            let speech = scale * shape[bin]
                            let gain = max(floor, speech / (speech + noiseRow[bin]))
                            gains[t * bins + bin] = gain
                            estimate[bin] = gain * gain * row[bin]
                        }
                    }
                }
                return gains
            }
    }
}

/// Linear prediction of a power spectrum.
private struct AllPoleModel {
    let order: Int
    private let transform: RealFFT

    init(length: Int, order: Int) {
        self.order = order
        transform = RealFFT.plan(length: length)
    }

    /// The sum over all bins of the full circle, of which half is given.
    func sum(_ power: [Double]) -> Double {
        2 * power.reduce(0, +) - power[0] - power[power.count - 1]
    }

    /// 1 / |A|^2 of the model of a power spectrum, or nil where there is nothing to model.
    func shape(of power: [Double]) -> [Double]? {
        let correlation = transform.inverse(
            real: power, imaginary: [Double](repeating: 0, count: power.count))
        guard let coefficients = LevinsonRecursion.predictionError(correlation, order: order) else {
            return nil
        }
        let response = transform.forward(
            coefficients + [Double](repeating: 0, count: transform.length - coefficients.count))
        return zip(response.real, response.imaginary).map { 1 / max($0 * $0 + $1 * $1, 1e-12) }
    }
}
