import Foundation

/// The frequency response of a cheap microphone in its housing: a band and a few resonances.
public struct Microphone: Sendable, Equatable {
    /// A peak or dip.
    public struct Resonance: Sendable, Hashable, Codable {
        /// Hertz.
        public var frequency: Double
        /// dB.
        public var gain: Double
        /// Centre over bandwidth.
        public var quality: Double

        public init(frequency: Double, gain: Double, quality: Double) {
            self.frequency = frequency
            self.gain = gain
            self.quality = quality
        }

        /// Source: Zölzer, DAFX, 2nd edition (2011), section 2.3.2 (peak filter).
        func section(sampleRate: Double) -> SecondOrderSection {
            let k = tan(.pi * min(frequency, 0.45 * sampleRate) / sampleRate)
            let v = pow(10, abs(gain) / 20)
            let (rising, falling) = (1 + v * k / quality + k * k, 1 + k / quality + k * k)
            let (top, bottom) = gain >= 0 ? (rising, falling) : (falling, rising)
            let (topBack, bottomBack) = (2 * (1 + k * k) - top, 2 * (1 + k * k) - bottom)
            let middle = 2 * (k * k - 1)
            return SecondOrderSection(
                b0: top / bottom, b1: middle / bottom, b2: topBack / bottom, a1: middle / bottom,
                a2: bottomBack / bottom)
        }
    }

    /// Edges of the band, hertz (-6 dB).
    public var lowCut: Double
    public var highCut: Double
    public var resonances: [Resonance]

    public init(lowCut: Double, highCut: Double, resonances: [Resonance] = []) {
        self.lowCut = lowCut
        self.highCut = highCut
        self.resonances = resonances
    }

    /// What the microphone makes of a signal. The band is filtered in both directions, so nothing is delayed.
    public func record(_ signal: [Float], sampleRate: Int) -> [Float] {
        let rate = Double(sampleRate)
        var samples = signal.map(Double.init)
        let low = min(lowCut, 0.4 * rate)
        samples = RecursiveFilter.butterworth(order: 2, .highPass(low), sampleRate: rate)
            .filterBothWays(samples)
        if highCut < 0.45 * rate {
            samples = RecursiveFilter.butterworth(order: 3, .lowPass(highCut), sampleRate: rate)
                .filterBothWays(samples)
        }
        return RecursiveFilter(resonances.map { $0.section(sampleRate: rate) }).filter(samples)
            .map(Float.init)
    }
}
