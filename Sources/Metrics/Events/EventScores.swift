/// How well estimated times of events (onsets, beats) match those of a reference.
///
///     precision = matches / estimated,   recall = matches / true,   F = 2 P R / (P + R)
///
/// Every event is matched at most once, with one not farther than the window; the number of matches is the
/// greatest possible.
///
/// Source: Bello et al., A tutorial on onset detection in music signals, IEEE TSAP 13(5), 2005 (50 ms); Davies,
/// Degara, Plumbley, Evaluation methods for musical audio beat tracking algorithms, 2009 (70 ms).
public struct EventScores: Sendable, Equatable {
    public let fMeasure: MetricResult
    public let precision: MetricResult
    public let recall: MetricResult

    /// In seconds.
    public static let onsetWindow = 0.05
    public static let beatWindow = 0.07

    /// - Parameters:
    ///   - reference: seconds, in any order.
    ///   - estimate: seconds, in any order.
    ///   - window: seconds.
    public init(reference: [Double], estimate: [Double], window: Double) {
        guard reference.allSatisfy(\.isFinite), estimate.allSatisfy(\.isFinite) else {
            (fMeasure, precision, recall) = Self.undefined("a time is not finite")
            return
        }
        guard !reference.isEmpty else {
            (fMeasure, precision, recall) = Self.undefined("the reference has no events")
            return
        }
        let truth = reference.sorted()
        let guesses = estimate.sorted()
        // In order of time the earliest possible partner is never a wrong choice.
        var matches = 0
        var next = 0
        for time in truth {
            while next < guesses.count && guesses[next] < time - window { next += 1 }
            if next < guesses.count && guesses[next] <= time + window {
                matches += 1
                next += 1
            }
        }
        recall = .value(Double(matches) / Double(truth.count))
        precision =
            guesses.isEmpty
            ? .undefined(reason: "the estimate has no events")
            : .value(Double(matches) / Double(guesses.count))
        fMeasure = .value(2 * Double(matches) / Double(truth.count + guesses.count))
    }

    private static func undefined(_ reason: String) -> (MetricResult, MetricResult, MetricResult) {
        let result = MetricResult.undefined(reason: reason)
        return (result, result, result)
    }
}
