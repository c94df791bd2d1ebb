import Foundation

/// Wiener's filter with a decision-directed a-priori signal-to-noise ratio.
///
///     G = max(xi / (1 + xi), floor)
///
/// See `DecisionDirectedRatio` for xi.
///
/// Source: Scalart, Filho, Speech enhancement based on a priori signal to noise estimation, ICASSP 1996.
public struct WienerFilter: Enhancer, Sendable {
    public let name = "Wiener filter"
    /// Length of a frame, seconds; the hop is a quarter of it.
    public let frameDuration: Double
    public let noise: NoiseEstimator
    /// Share of the frame before in xi, below 1.
    public let memory: Double
    /// Smallest xi, dB.
    public let ratioFloorDecibels: Double
    /// Lowest gain, dB.
    public let floorDecibels: Double

    /// - Parameters:
    ///   - frameDuration: seconds, default 0.032.
    ///   - noise: default the tracked minimum.
    ///   - memory: default 0.98.
    ///   - ratioFloorDecibels: dB, default -25.
    ///   - floorDecibels: dB, default -20.
    public init(
        frameDuration: Double = 0.032, noise: NoiseEstimator = .trackedMinimum(), memory: Double = 0.98,
        ratioFloorDecibels: Double = -25, floorDecibels: Double = -20
    ) {
        self.frameDuration = frameDuration
        self.noise = noise
        self.memory = memory
        self.ratioFloorDecibels = ratioFloorDecibels
        self.floorDecibels = floorDecibels
    }

    public func enhance(_ samples: [Float], sampleRate: Int) -> [Float] {
        SpectralGains(frameDuration: frameDuration, overlap: 4, noise: noise)
            .apply(to: samples, sampleRate: sampleRate) { power, noise in
                let bins = power.binCount
                let floor = Decibel.toAmplitude(floorDecibels)
                var ratio = DecisionDirectedRatio(
                    binCount: bins, memory: memory, floor: pow(10, ratioFloorDecibels / 10))
                var gains: [Double] = []
                gains.reserveCapacity(power.values.count)
                for t in 0..<power.frameCount {
                    ratio.update(power: power.row(t), noise: noise[t * bins..<(t + 1) * bins])
                    for bin in 0..<bins { gains.append(max(floor, ratio.gain(bin))) }
                }
                return gains
            }
    }
}
