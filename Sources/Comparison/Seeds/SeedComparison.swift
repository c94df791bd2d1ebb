import Statistics

/// Two configurations over seeds: one row of the table of seeds.
///
/// It says something about training again with other seeds, on this test set.
public struct SeedComparison: Sendable {
    /// How seeds are compared.
    public enum Test: String, Sendable {
        /// The same seeds on both sides: Student's interval of their differences, exact sign-flip test.
        case paired
        /// Different seeds: Welch's interval and test.
        case welch
        /// One seed on a side: a difference and nothing more.
        case none
    }

    public let metric: String
    public let unit: String
    public let goal: Direction
    /// The side that is compared with the first.
    public let other: Int
    public let first: SeedValues
    public let second: SeedValues
    public let test: Test
    /// The seeds that both sides have.
    public let sharedSeeds: [UInt64]
    /// The mean of second minus first; over the shared seeds where they are paired.
    public let difference: Double
    /// Student's (or Welch's) 95 % interval of the difference.
    public let interval: ClosedRange<Double>?
    /// Two-sided.
    public let p: Double?
    /// Adjusted by Holm's method over all rows.
    public internal(set) var adjusted: Double?
    /// The smallest p that so many pairs can show, before and after adjustment; nil where seeds are not paired.
    public let smallestP: Double?
    public internal(set) var smallestAdjusted: Double?
    /// How many pairs of seeds the smallest adjusted p needs to reach 0.05.
    public internal(set) var pairsNeeded: Int?
    /// The smallest difference that so many seeds of this spread would find with a probability of 80 %.
    public let minimumDetectable: Double?
    /// The share of seeds (of pairs of seeds where they are not paired) at which the second is better, ties
    /// counting half; nil where no way is better.
    public let shareBetter: Double?
    /// Seeds and files together, where both were paired.
    public internal(set) var crossed: CrossedComparison?

    /// What p must reach.
    public static let level = 0.05

    /// Whether any outcome could have been called more than chance.
    public var canReachLevel: Bool { smallestAdjusted.map { $0 <= Self.level } ?? (p != nil) }

    public var isBetter: Bool? { goal.isBetter(difference) }

    init(
        metric: String, unit: String, goal: Direction, other: Int, _ first: SeedValues, _ second: SeedValues
    ) {
        self.metric = metric
        self.unit = unit
        self.goal = goal
        self.other = other
        self.first = first
        self.second = second
        sharedSeeds = first.values.map(\.seed).filter { second[$0] != nil }
        let pairs = sharedSeeds.compactMap { seed in
            first[seed].flatMap { a in second[seed].map { b in (first: a, second: b) } }
        }
        if Self.arePaired(first, second, shared: pairs.count) {
            test = .paired
            let differences = pairs.map { $0.second - $0.first }
            let student = MeanDifference.paired(differences)
            difference = student?.mean ?? second.mean - first.mean
            interval = student.flatMap(Self.interval)
            p = SignFlipTest(differences, key: metric)?.p
            smallestP = SignFlipTest.smallestP(pairs: pairs.count)
            minimumDetectable = student?.minimumDetectable()
            shareBetter = Self.share(differences, goal)
        } else {
            let welch = MeanDifference.welch(first.values.map(\.value), second.values.map(\.value))
            test = welch == nil ? .none : .welch
            difference = second.mean - first.mean
            interval = welch.flatMap(Self.interval)
            p = welch?.p
            smallestP = nil
            minimumDetectable = welch?.minimumDetectable()
            let all = first.values.flatMap { a in second.values.map { $0.value - a.value } }
            shareBetter = all.count > 1 ? Self.share(all, goal) : nil
        }
    }

    /// Seeds are paired when at least two, and half of the smaller side's, stand on both sides.
    private static func arePaired(_ first: SeedValues, _ second: SeedValues, shared: Int) -> Bool {
        shared >= 2 && 2 * shared >= min(first.count, second.count)
    }

    private static func interval(_ student: MeanDifference) -> ClosedRange<Double>? {
        let half = student.halfWidth()
        return half.isFinite ? student.mean - half...student.mean + half : nil
    }

    private static func share(_ differences: [Double], _ goal: Direction) -> Double? {
        guard goal != .none else { return nil }
        let wins = differences.reduce(0.0) { $0 + (goal.isBetter($1).map { $0 ? 1 : 0 } ?? 0.5) }
        return wins / Double(differences.count)
    }

    /// Adjusts the p values of all rows for their number.
    static func adjust(_ rows: inout [SeedComparison]) {
        let tested = rows.indices.filter { rows[$0].p.map { !$0.isNaN } ?? false }
        for (index, value) in zip(tested, Holm.adjusted(tested.compactMap { rows[$0].p })) {
            rows[index].adjusted = value
            rows[index].smallestAdjusted = rows[index].smallestP.map { min(1, $0 * Double(tested.count)) }
            if rows[index].smallestP != nil {
                rows[index].pairsNeeded = SignFlipTest.pairsNeeded(
                    comparisons: tested.count, level: Self.level)
            }
        }
    }
}
