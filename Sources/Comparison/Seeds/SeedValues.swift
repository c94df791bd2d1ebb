import Statistics

/// One figure of a side over its seeds.
public struct SeedValues: Sendable, Equatable {
    public struct Value: Sendable, Equatable {
        public let seed: UInt64
        public let value: Double
    }

    /// In the order of seeds; several runs of one seed are averaged first.
    public let values: [Value]
    public let mean: Double
    /// Half of Student's 95 % interval of the mean; nil for one seed.
    public let halfWidth: Double?

    public var count: Int { values.count }

    /// Nil without finite values.
    init?(_ values: [(seed: UInt64, value: Double)]) {
        let bySeed = Dictionary(grouping: values.filter { $0.value.isFinite }, by: \.seed)
        self.values = bySeed.sorted { $0.key < $1.key }.map { seed, values in
            Value(seed: seed, value: values.reduce(0) { $0 + $1.value } / Double(values.count))
        }
        guard let summary = SampleSummary(self.values.map(\.value)) else { return nil }
        mean = summary.mean
        halfWidth = summary.halfWidth()
    }

    subscript(seed: UInt64) -> Double? { values.first { $0.seed == seed }?.value }
}
