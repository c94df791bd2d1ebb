import Foundation
import Statistics
import StrictJSON
import Tensor

/// How much of the differences between the configurations of a search one parameter explains by itself.
///
/// The configurations are cut into at most five equally large groups by the parameter's value (one for each value where there
/// are few, or no order), and ranked by the objective, so that no outlier decides. What the groups' means explain of the
/// variance of the ranks is the share, corrected for what groups explain by chance; a parameter that matters in the middle or
/// at the ends of its range is seen as well as one that matters all along. What parameters do together is not in it.
///
/// Source: the correlation ratio (Pearson 1905) with the correction of Hays, Statistics for Psychologists, 1963 (omega
/// squared); p from permutations of the ranks, so that no distribution is assumed.
public struct ParameterImportance: Sendable {
    public let name: String
    /// The configurations that have the parameter and a value of the objective.
    public let count: Int
    /// 0 to 1.
    public let share: Double
    /// Nineteen of twenty shares that chance alone would show are below this.
    public let chance: Double
    /// How often chance alone would show as much.
    public let p: Double
    /// `p` adjusted by Holm's method for the number of parameters.
    public let adjustedP: Double
    /// The least and the greatest value of the group whose mean rank is the best; equal for a single one.
    public let best: (JSONValue, JSONValue)

    /// Fewer configurations say nothing.
    public static let fewest = 20
    private static let mostGroups = 5
    private static let permutations = 1999

    /// One for each parameter that enough configurations have with different values, the greatest share first.
    public static func all(
        _ summaries: [ConfigurationSummary], space: SearchSpace, goal: SweepGoal
    ) -> [ParameterImportance] {
        let found = space.domains.compactMap { name, _ in single(name, summaries, goal) }
        let adjusted = Holm.adjusted(found.map(\.p))
        return zip(found, adjusted).map { one, p in
            ParameterImportance(
                name: one.name, count: one.count, share: one.share, chance: one.chance, p: one.p,
                adjustedP: p,
                best: one.best)
        }.sorted { $0.share > $1.share }
    }

    private static func single(
        _ name: String, _ summaries: [ConfigurationSummary], _ goal: SweepGoal
    ) -> ParameterImportance? {
        let known = summaries.compactMap { summary in
            summary.mean.flatMap { mean in summary.assignment[name].map { (value: $0, mean: mean) } }
        }
        guard known.count >= fewest else { return nil }
        let groups = groups(of: known.map(\.value))
        let count = (groups.max() ?? 0) + 1
        guard count > 1 else { return nil }
        // The best has the lowest rank.
        var order = ranks(known.map { goal == .min ? $0.mean : -$0.mean })
        let share = share(order, groups, count)
        var best = (group: 0, mean: Double.infinity)
        for group in 0..<count {
            let own = zip(order, groups).filter { $0.1 == group }.map(\.0)
            let mean = own.reduce(0, +) / Double(max(1, own.count))
            if !own.isEmpty, mean < best.mean { best = (group, mean) }
        }
        let values = zip(known, groups).filter { $0.1 == best.group }.map(\.0.value)
            .sorted { ($0.doubleValue ?? 0) < ($1.doubleValue ?? 0) }
        var stream = RandomStream(key: "sweep/importance/\(name)")
        var byChance: [Double] = []
        for _ in 0..<permutations {
            for index in order.indices.dropFirst().reversed() {
                order.swapAt(index, stream.integer(0..<index + 1))
            }
            byChance.append(Self.share(order, groups, count))
        }
        let asGood = byChance.count { $0 >= share - 1e-12 }
        return ParameterImportance(
            name: name, count: known.count, share: max(0, share),
            chance: max(0, byChance.sorted()[permutations * 19 / 20]),
            p: Double(asGood + 1) / Double(permutations + 1), adjustedP: 1,
            best: (values.first ?? .null, values.last ?? .null))
    }

    /// The group of every value, from 0: equal values are in the same.
    private static func groups(of values: [JSONValue]) -> [Int] {
        let numbers = values.compactMap(\.doubleValue)
        guard numbers.count == values.count, Set(numbers).count > mostGroups else {
            var seen: [JSONValue] = []
            return values.map { value in
                if let index = seen.firstIndex(of: value) { return index }
                seen.append(value)
                return seen.count - 1
            }
        }
        let cut = ranks(numbers).map {
            min(mostGroups - 1, Int(($0 - 0.5) / Double(values.count) * Double(mostGroups)))
        }
        // Many equal values may leave a group empty.
        let used = Set(cut).sorted()
        return cut.map { used.firstIndex(of: $0) ?? 0 }
    }

    /// Ranks from 1; equal values share the mean of theirs.
    private static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            for index in order[start..<end] { ranks[index] = Double(start + end + 1) / 2 }
            start = end
        }
        return ranks
    }

    /// Omega squared; may be a little below 0.
    private static func share(_ ranks: [Double], _ groups: [Int], _ count: Int) -> Double {
        var sums = [Double](repeating: 0, count: count)
        var sizes = [Double](repeating: 0, count: count)
        for (rank, group) in zip(ranks, groups) {
            sums[group] += rank
            sizes[group] += 1
        }
        let mean = ranks.reduce(0, +) / Double(ranks.count)
        let total = ranks.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let between = zip(sums, sizes).reduce(0) { sum, group in
            group.1 > 0 ? sum + group.1 * pow(group.0 / group.1 - mean, 2) : sum
        }
        guard total > 0, ranks.count > count else { return 0 }
        let within = (total - between) / Double(ranks.count - count)
        return (between - Double(count - 1) * within) / (total + within)
    }
}
