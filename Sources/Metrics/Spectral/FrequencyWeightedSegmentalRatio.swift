import Foundation

/// Frequency-weighted segmental signal-to-noise ratio over 25 critical bands:
///
///     fwSNR = mean over frames of clamp(sum_j W_j 10 log10(X_j^2 / (X_j - Y_j)^2) / sum_j W_j, -10, 35)
///
/// X, Y band sums of magnitude spectra of unit sum, W = X^0.2.
///
/// Source: Hu and Loizou, IEEE TASLP 16(1), 2008, equation 5.
public struct FrequencyWeightedSegmentalRatio: ObjectiveMetric {
    public let name = "fwsegsnr"
    public let unit = "dB"
    public let direction = MetricDirection.higherIsBetter
    public let range = -10.0...35.0
    public let source =
        "25 critical bands, spectra of unit sum, weights X^0.2, frames in [-10, 35] dB (Hu, Loizou 2008)"
    public let version = 1
    public let sampleRates = SpeechFrames.sampleRates
    public let needs = MetricNeeds(minimumLength: { SpeechFrames(sampleRate: $0).minimumLength })

    public init() {}

    public func measure(_ pair: MetricPair) -> MetricResult {
        let frames = SpeechFrames(sampleRate: pair.sampleRate)
        let count = frames.count(forLength: pair.sampleCount)
        let (reference, estimate) = pair.doubles
        let clean = bands(of: reference, frames: frames, sampleRate: pair.sampleRate)
        let degraded = bands(of: estimate, frames: frames, sampleRate: pair.sampleRate)
        var sum = 0.0
        for t in 0..<count {
            var weighted = 0.0
            var weights = 0.0
            for j in t * CriticalBands.count..<(t + 1) * CriticalBands.count {
                let error = (clean[j] - degraded[j]) * (clean[j] - degraded[j])
                let weight = pow(clean[j], 0.2)
                weighted += weight * 10 * log10(clean[j] * clean[j] / max(error, .ulpOfOne))
                weights += weight
            }
            sum += min(max(weighted / weights, -10), 35)
        }
        return .value(sum / Double(count))
    }

    /// Band sums of the normalised magnitudes, [frame][band].
    private func bands(of signal: [Double], frames: SpeechFrames, sampleRate: Int) -> [Double] {
        let filters = CriticalBands(sampleRate: sampleRate, binCount: frames.fftSize / 2)
        var result = [Double](
            repeating: 0, count: frames.count(forLength: signal.count) * CriticalBands.count)
        var magnitudes = [Double](repeating: 0, count: frames.fftSize / 2)
        result.withUnsafeMutableBufferPointer { result in
            guard let base = result.baseAddress else { return }
            // Digital silence becomes the spectrum of a very small constant.
            frames.forEachPower(of: signal.map { $0 + .ulpOfOne }) { t, power in
                var sum = 0.0
                for k in power.indices {
                    magnitudes[k] = power[k].squareRoot()
                    sum += magnitudes[k]
                }
                for k in magnitudes.indices { magnitudes[k] /= sum }
                magnitudes.withUnsafeBufferPointer {
                    filters.sum($0, into: base + t * CriticalBands.count)
                }
            }
        }
        return result
    }
}
