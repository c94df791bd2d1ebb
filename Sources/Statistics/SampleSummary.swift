/// Count, mean and spread of numbers.
public struct SampleSummary: Sendable, Equatable {
    public let count: Int
    public let mean: Double
    /// Standard deviation with n - 1; nil for fewer than two numbers.
    public let standardDeviation: Double?

    /// - Parameter values: finite; nil when there are none.
    public init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        count = values.count
        // Two passes: the squares of large numbers would cancel in one.
        let mean = values.reduce(0, +) / Double(values.count)
        self.mean = mean
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        standardDeviation = values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : nil
    }

    /// Half the width of Student's interval of the mean; nil for fewer than two numbers.
    public func halfWidth(confidence: Double = 0.95) -> Double? {
        standardDeviation.map { deviation in
            StudentDistribution(degreesOfFreedom: Double(count - 1)).critical(twoSided: 1 - confidence)
                * deviation / Double(count).squareRoot()
        }
    }
}

extension Sequence<Double> {
    /// The value below which a share `p` of the sorted numbers lies, interpolated linearly between neighbours;
    /// nil without numbers.
    public func quantile(_ p: Double) -> Double? {
        let sorted = self.sorted()
        guard let last = sorted.last else { return nil }
        let place = Swift.max(0, Swift.min(1, p)) * Double(sorted.count - 1)
        let index = Int(place)
        guard index + 1 < sorted.count else { return last }
        let share = place - Double(index)
        return sorted[index] + share * (sorted[index + 1] - sorted[index])
    }

    public var median: Double? { quantile(0.5) }
}
