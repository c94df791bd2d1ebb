import Statistics
import Tracking

/// The difference of two checkpoints on the same files.
///
/// It says something about these two checkpoints on such files, and nothing about training again.
struct PairedDifference: Equatable {
    /// How many files have both scores.
    var files: Int
    /// The mean of the first scores.
    var first: Double
    /// The mean of the second scores.
    var second: Double
    /// The mean of second minus first.
    var mean: Double
    /// The 95 % interval of the mean difference; nil for fewer than five files.
    var interval: ClosedRange<Double>?
    /// The share of files on which the second is better, ties counting half; nil where no way is better.
    var shareBetter: Double?

    /// - Parameters:
    ///   - pairs: the two scores of every file; at least one.
    ///   - goal: which way the metric gets better.
    ///   - key: names the random draws, so that the same comparison prints the same interval.
    ///   - resamples: how many bootstrap samples to draw. Default 4,000.
    init?(_ pairs: [(first: Double, second: Double)], goal: MetricGoal, key: String, resamples: Int = 4_000) {
        guard !pairs.isEmpty else { return nil }
        let count = Double(pairs.count)
        let differences = pairs.map { $0.second - $0.first }
        files = pairs.count
        first = pairs.reduce(0) { $0 + $1.first } / count
        second = pairs.reduce(0) { $0 + $1.second } / count
        mean = differences.reduce(0, +) / count
        shareBetter = Self.shareBetter(differences, goal)
        interval = Bootstrap(key: "compare/" + key, resamples: resamples).meanInterval(differences)
    }

    private static func shareBetter(_ differences: [Double], _ goal: MetricGoal) -> Double? {
        guard goal != .none else { return nil }
        let wins = differences.reduce(0.0) { sum, difference in
            if difference == 0 { return sum + 0.5 }
            return sum + ((difference > 0) == (goal == .max) ? 1 : 0)
        }
        return wins / Double(differences.count)
    }
}
