import Foundation

/// Log-likelihood ratio of linear prediction filters:
///
///     LLR = mean over frames of ln(a_y R_x a_y' / (a_x R_x a_x'))
///
/// a the prediction error filters of order 16 (10 below 10 kHz) of reference x and estimate y, R_x the
/// reference's autocorrelation matrix. Mean of the lowest 95 % of frames.
///
/// Source: Gray and Markel, Distance measures for speech processing, IEEE TASSP 24(5), 1976; framing of Hu
/// and Loizou 2008.
public struct LogLikelihoodRatio: ObjectiveMetric {
    public let name = "llr"
    public let unit = ""
    public let direction = MetricDirection.lowerIsBetter
    public let range = 0.0...Double.infinity
    public let source =
        "ln(ay Rx ay' / ax Rx ax'), LPC order 16 (10 below 10 kHz), lowest 95 % of frames (Gray, Markel 1976)"
    public let version = 1
    public let sampleRates = SpeechFrames.sampleRates
    public let needs = MetricNeeds(minimumLength: { SpeechFrames(sampleRate: $0).minimumLength })

    public init() {}

    public func measure(_ pair: MetricPair) -> MetricResult {
        .value(lowestMean(likelihoodRatios(pair)))
    }
}

/// The log-likelihood ratio with frame values limited to 2.
///
/// Source: Hu and Loizou, IEEE TASLP 16(1), 2008.
public struct LimitedLogLikelihoodRatio: ObjectiveMetric {
    public let name = "llr_limited"
    public let unit = ""
    public let direction = MetricDirection.lowerIsBetter
    public let range = 0.0...2.0
    public let source = "llr with frame values limited to 2 (Hu, Loizou 2008)"
    public let version = 1
    public let sampleRates = SpeechFrames.sampleRates
    public let needs = MetricNeeds(minimumLength: { SpeechFrames(sampleRate: $0).minimumLength })

    public init() {}

    public func measure(_ pair: MetricPair) -> MetricResult {
        .value(lowestMean(likelihoodRatios(pair).map { min($0, 2) }))
    }
}

/// The ratios of all frames, computed once per pair.
private func likelihoodRatios(_ pair: MetricPair) -> [Double] {
    pair.shared("log-likelihood ratios") {
        let frames = SpeechFrames(sampleRate: pair.sampleRate)
        let order = pair.sampleRate < 10000 ? 10 : 16
        // Digital silence becomes the filter of a very small constant.
        let reference = pair.reference.map { Double($0) + .ulpOfOne }
        let estimate = pair.estimate.map { Double($0) + .ulpOfOne }
        var clean = LinearPrediction(order: order, frames: frames)
        var degraded = LinearPrediction(order: order, frames: frames)
        return (0..<frames.count(forLength: pair.sampleCount)).map { t in
            clean.analyse(reference, at: t * frames.hop)
            degraded.analyse(estimate, at: t * frames.hop)
            let ratio = clean.residualPower(degraded.filter) / clean.residualPower(clean.filter)
            return log(ratio)
        }
    }
}

/// Linear prediction of windowed frames by the autocorrelation method, with its working memory.
private struct LinearPrediction {
    /// The prediction error filter 1, -a1, ... of the last frame.
    private(set) var filter: [Double]
    private var correlation: [Double]
    private var frame: [Double]
    private var previous: [Double]
    private let window: [Double]

    init(order: Int, frames: SpeechFrames) {
        filter = [Double](repeating: 0, count: order + 1)
        correlation = filter
        previous = filter
        frame = [Double](repeating: 0, count: frames.length)
        window = frames.window
    }

    mutating func analyse(_ signal: [Double], at start: Int) {
        for n in frame.indices { frame[n] = window[n] * signal[start + n] }
        frame.withUnsafeBufferPointer { frame in
            for lag in correlation.indices {
                var sum = 0.0
                for n in 0..<frame.count - lag { sum += frame[n] * frame[n + lag] }
                correlation[lag] = sum
            }
        }
        solve()
    }

    /// Levinson and Durbin's recursion.
    private mutating func solve() {
        for i in filter.indices { filter[i] = 0 }
        filter[0] = 1
        var error = correlation[0]
        for order in 1..<filter.count {
            var sum = correlation[order]
            for i in 1..<order { sum += filter[i] * correlation[order - i] }
            let reflection = -sum / error
            for i in filter.indices { previous[i] = filter[i] }
            for i in 1..<order { filter[i] = previous[i] + reflection * previous[order - i] }
            filter[order] = reflection
            error *= 1 - reflection * reflection
        }
    }

    /// a R a' with R of the last frame.
    func residualPower(_ a: [Double]) -> Double {
        var sum = 0.0
        for i in a.indices {
            for j in a.indices { sum += a[i] * correlation[abs(i - j)] * a[j] }
        }
        return sum
    }
}
