import Statistics

/// The mean difference over seeds and files together.
///
/// It says something about training again with other seeds, on other files like these.
public struct CrossedComparison: Sendable, Equatable {
    public let seeds: Int
    public let files: Int
    /// Mean of second minus first, over the shared seeds and files.
    public let difference: Double
    /// Two-level bootstrap, 95 %: seeds are drawn, then files; nil for fewer than five seeds.
    public let interval: ClosedRange<Double>?
    /// Where the variance of the mean difference comes from; nil when nothing varies.
    public let variance: CrossedVariance?

    /// - Parameters:
    ///   - grid: second minus first, [seed][file]; at least two seeds.
    ///   - key: names the random draws.
    init?(_ grid: [[Double]], key: String) {
        guard grid.count > 1, let files = grid.first?.count, files > 0 else { return nil }
        seeds = grid.count
        self.files = files
        difference = grid.reduce(0) { $0 + $1.reduce(0, +) } / Double(grid.count * files)
        interval =
            grid.count < Bootstrap.fewest
            ? nil : Bootstrap(key: "seeds and files/" + key).twoLevelMeanInterval(grid)
        variance = CrossedVariance(grid).flatMap { $0.ofMean > 0 ? $0 : nil }
    }

    /// What to add to narrow the interval, in one word; nil when nothing varies.
    public var advice: String? {
        guard let shares = variance?.shares else { return nil }
        return shares.seed >= shares.file ? "seeds" : "files"
    }
}
