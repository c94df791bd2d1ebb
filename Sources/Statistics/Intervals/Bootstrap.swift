import Tensor

/// Intervals by drawing again from what was seen.
///
/// Source: Efron, Tibshirani, An Introduction to the Bootstrap (1993), sections 13.3 (percentile), 14.3 (BCa).
public struct Bootstrap: Sendable {
    /// How many samples are drawn.
    public let resamples: Int
    /// Names the random draws: equal keys give equal intervals.
    public let key: String

    /// - Parameter resamples: default 4,000, which fixes the ends of a 95 % interval to about 2 % of its width.
    public init(key: String, resamples: Int = 4000) {
        self.key = key
        self.resamples = resamples
    }

    /// Percentile interval of the mean; nil for fewer than five numbers, with which it would say too much.
    public func meanInterval(_ values: [Double], confidence: Double = 0.95) -> ClosedRange<Double>? {
        guard values.count >= Self.fewest else { return nil }
        let means = sampledMeans(values)
        let edge = Int(Double(resamples) * (1 - confidence) / 2)
        return means[edge]...means[resamples - 1 - edge]
    }

    /// Interval of the mean corrected for bias and skewness (BCa); nil for fewer than five numbers.
    public func correctedMeanInterval(
        _ values: [Double], confidence: Double = 0.95
    ) -> ClosedRange<Double>? {
        DrawnSamples(count: values.count, resamples: resamples, key: key)
            .correctedMeanInterval(values, confidence: confidence)
    }

    /// Percentile interval of the mean of a grid, [seed][file]: seeds are drawn, then files. Every seed scored the
    /// same files, so a drawn file counts for all drawn seeds: drawing files anew for each seed would let
    /// their choice average out, and make the interval too narrow.
    ///
    /// Source: Owen, The pigeonhole bootstrap, Annals of Applied Statistics 1 (2), 2007.
    ///
    /// - Parameter grid: finite; nil for fewer than two rows, or where rows are empty or differ in length.
    public func twoLevelMeanInterval(
        _ grid: [[Double]], confidence: Double = 0.95
    ) -> ClosedRange<Double>? {
        guard grid.count >= 2, let files = grid.first?.count, files > 0,
            grid.allSatisfy({ $0.count == files })
        else { return nil }
        var stream = RandomStream(key: "bootstrap/" + key)
        var rows = [Double](repeating: 0, count: files)
        var means = (0..<resamples).map { _ in
            for file in 0..<files { rows[file] = 0 }
            for _ in grid {
                let row = grid[stream.integer(0..<grid.count)]
                for file in 0..<files { rows[file] += row[file] }
            }
            var sum = 0.0
            for _ in 0..<files { sum += rows[stream.integer(0..<files)] }
            return sum / Double(grid.count * files)
        }
        means.sort()
        let edge = Int(Double(resamples) * (1 - confidence) / 2)
        return means[edge]...means[resamples - 1 - edge]
    }

    /// Below this many numbers no interval is given.
    public static let fewest = 5

    private func sampledMeans(_ values: [Double]) -> [Double] {
        var stream = RandomStream(key: "bootstrap/" + key)
        var means: [Double] = []
        means.reserveCapacity(resamples)
        for _ in 0..<resamples {
            var sum = 0.0
            for _ in values { sum += values[stream.integer(0..<values.count)] }
            means.append(sum / Double(values.count))
        }
        means.sort()
        return means
    }
}
