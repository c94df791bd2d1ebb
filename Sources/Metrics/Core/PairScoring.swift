import Audio

/// One measure of one pair: its value, or why there is none, and how it came about.
public struct MetricScore: Sendable {
    public let metric: MetricDescription
    public let result: MetricResult
    /// The rate at which it was measured, in hertz; another one than the pair's where the measure asks for it.
    public let sampleRate: Int

    public init(metric: MetricDescription, result: MetricResult, sampleRate: Int) {
        self.metric = metric
        self.result = result
        self.sampleRate = sampleRate
    }
}

/// A measure was named that does not exist.
public struct UnknownMetricError: Error, Equatable, CustomStringConvertible {
    public let name: String

    public init(name: String) { self.name = name }

    public var description: String {
        let known = ObjectiveMetrics.all.map(\.name).sorted().joined(separator: ", ")
        return "no metric is called \(name); there are: \(known)"
    }
}

extension ObjectiveMetrics {
    /// The measures of these names, in their order.
    public static func named(_ names: [String]) throws(UnknownMetricError) -> [any ObjectiveMetric] {
        var result: [any ObjectiveMetric] = []
        for name in names {
            guard let metric = named(name) else { throw UnknownMetricError(name: name) }
            result.append(metric)
        }
        return result
    }

    /// Scores one pair of recordings with several measures, in their order.
    ///
    /// Every measure is taken at the pair's own rate if it is defined there, else at the highest lower rate at
    /// which it is, to which both signals are resampled. Of several channels each is measured; the result is
    /// their mean, which is undefined as soon as that of one channel is.
    ///
    /// - Parameters:
    ///   - metrics: default all.
    ///   - reference: the clean recording.
    ///   - estimate: the recording to judge: as many channels, the same rate, aligned to the sample.
    public static func score(
        _ metrics: [any ObjectiveMetric] = all, reference: Waveform, estimate: Waveform
    ) -> [MetricScore] {
        let rate = reference.sampleRate
        var defect: String?
        if estimate.sampleRate != rate {
            defect = "rates differ: reference \(rate), estimate \(estimate.sampleRate) Hz"
        } else if estimate.channelCount != reference.channelCount {
            defect =
                "channels differ: reference \(reference.channelCount), estimate \(estimate.channelCount)"
        }
        // Rate by rate: the channels of the pair.
        var pairs: [Int: [MetricPair]] = [:]
        func channels(at target: Int) -> [MetricPair] {
            if let known = pairs[target] { return known }
            let resampler = Resampler(from: rate, to: target)
            let made = zip(reference.channels, estimate.channels).map { first, second in
                // Lengths that differ say so in samples of the files.
                first.count == second.count
                    ? MetricPair(
                        reference: resampler.resample(first), estimate: resampler.resample(second),
                        sampleRate: target)
                    : MetricPair(reference: first, estimate: second, sampleRate: rate)
            }
            pairs[target] = made
            return made
        }
        return metrics.map { metric in
            let target = metric.sampleRates.conversionTarget(from: rate) ?? rate
            let result = defect.map { .undefined(reason: $0) } ?? mean(metric, channels(at: target))
            return MetricScore(metric: metric.description, result: result, sampleRate: target)
        }
    }

    /// The mean over channels.
    private static func mean(_ metric: any ObjectiveMetric, _ pairs: [MetricPair]) -> MetricResult {
        var sum = 0.0
        for (index, pair) in pairs.enumerated() {
            switch metric.score(pair) {
            case .value(let value): sum += value
            case .undefined(let reason):
                return .undefined(reason: pairs.count > 1 ? "channel \(index): \(reason)" : reason)
            }
        }
        return .number(sum / Double(pairs.count), orElse: "the channels' values are opposite infinities")
    }
}
