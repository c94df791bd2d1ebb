import Foundation

/// Weighted spectral slope distance over 25 critical bands:
///
///     WSS = mean over frames of sum_j W_j (S_x[j] - S_y[j])^2 / sum_j W_j
///
/// S the differences of adjacent band levels in dB; W the mean over both signals of
/// Kmax / (Kmax + Lmax - L_j) Kloc / (Kloc + Lpeak_j - L_j), Kmax = 20, Kloc = 1, Lmax the highest level of
/// the frame and Lpeak that of the nearest peak. Mean of the lowest 95 % of frames.
///
/// Source: Klatt, ICASSP 1982; framing of Hu and Loizou 2008.
public struct WeightedSpectralSlope: ObjectiveMetric {
    public let name = "wss"
    public let unit = "dB^2"
    public let direction = MetricDirection.lowerIsBetter
    public let range = 0.0...Double.infinity
    public let source =
        "weighted squared differences of slopes over 25 bands, Kmax 20, Kloc 1, lowest 95 % (Klatt 1982)"
    public let version = 1
    public let sampleRates = SpeechFrames.sampleRates
    public let needs = MetricNeeds(minimumLength: { SpeechFrames(sampleRate: $0).minimumLength })

    public init() {}

    private static let bandCount = CriticalBands.count

    public func measure(_ pair: MetricPair) -> MetricResult {
        let frames = SpeechFrames(sampleRate: pair.sampleRate)
        let (reference, estimate) = pair.doubles
        let clean = levels(of: reference, frames: frames, sampleRate: pair.sampleRate)
        let degraded = levels(of: estimate, frames: frames, sampleRate: pair.sampleRate)
        let distances = (0..<frames.count(forLength: pair.sampleCount)).map { t in
            let range = t * Self.bandCount..<(t + 1) * Self.bandCount
            return distance(Array(clean[range]), Array(degraded[range]))
        }
        return .value(lowestMean(distances))
    }

    private func distance(_ clean: [Double], _ degraded: [Double]) -> Double {
        let weights = zip(slopeWeights(clean), slopeWeights(degraded)).map { ($0 + $1) / 2 }
        var sum = 0.0
        for j in weights.indices {
            let difference = (clean[j + 1] - clean[j]) - (degraded[j + 1] - degraded[j])
            sum += weights[j] * difference * difference
        }
        return sum / weights.reduce(0, +)
    }

    private func slopeWeights(_ levels: [Double]) -> [Double] {
        let highest = levels.max() ?? 0
        return (0..<Self.bandCount - 1).map { j in
            20 / (20 + highest - levels[j]) / (1 + peak(near: j, levels) - levels[j])
        }
    }

    /// The level of the nearest peak uphill of band j. On a rising slope the published program takes the
    /// band before the top; the values in use follow it.
    private func peak(near j: Int, _ levels: [Double]) -> Double {
        func slope(_ n: Int) -> Double { levels[n + 1] - levels[n] }
        var n = j
        if slope(j) > 0 {
            while n < Self.bandCount - 1 && slope(n) > 0 { n += 1 }
            return levels[n - 1]
        }
        while n >= 0 && slope(n) <= 0 { n -= 1 }
        return levels[n + 1]
    }

    /// Band levels in dB, [frame][band].
    private func levels(of signal: [Double], frames: SpeechFrames, sampleRate: Int) -> [Double] {
        let filters = CriticalBands(sampleRate: sampleRate, binCount: frames.fftSize / 2)
        var result = [Double](
            repeating: 0, count: frames.count(forLength: signal.count) * Self.bandCount)
        result.withUnsafeMutableBufferPointer { result in
            guard let base = result.baseAddress else { return }
            frames.forEachPower(of: signal.map { $0 + .ulpOfOne }) { t, power in
                filters.sum(power, into: base + t * Self.bandCount)
            }
            for i in result.indices { result[i] = 10 * log10(max(result[i], 1e-10)) }
        }
        return result
    }
}
