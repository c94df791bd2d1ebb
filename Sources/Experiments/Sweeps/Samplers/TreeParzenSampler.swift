import Foundation
import StrictJSON
import Tensor

/// What a sampler knows about a configuration that was tried.
public struct SweepObservation: Sendable {
    public enum Result: Sendable, Equatable {
        /// The objective's value; finite.
        case value(Double)
        /// Stopped early: how far it came, and the value there.
        case pruned(rung: Int, value: Double)
        /// It ended with an error, or its value is not a number.
        case failed
        /// It is being tried.
        case pending
    }

    public let assignment: Assignment
    public let result: Result

    public init(_ assignment: Assignment, _ result: Result) {
        self.assignment = assignment
        self.result = result
    }
}

/// Proposes configurations where good ones have been found and bad ones have not: the tree-structured Parzen
/// estimator, each parameter by itself.
///
/// The observations are split into the best tenth and the rest; for each parameter two densities are made of its
/// values in both, some candidates are drawn from that of the good ones, and the candidate with the greatest ratio
/// of the densities is taken. A parameter that exists under a condition is modelled by the observations that had it.
/// Trials that still run count among the rest, so that several jobs do not all try the same place.
///
/// Source: Bergstra, Bardenet, Bengio, Kégl, Algorithms for hyper-parameter optimization, NeurIPS 2011; the share
/// and the number of the good ones as in Watanabe, arXiv 2304.11127, section 3.1.
public struct TreeParzenSampler: Sendable {
    private let space: SearchSpace
    private let seed: Int
    private let goal: SweepGoal
    private let random: RandomSampler
    /// So many configurations are drawn at random first.
    public static let startup = 10
    private static let candidates = 24

    public init(space: SearchSpace, seed: Int, goal: SweepGoal) {
        self.space = space
        self.seed = seed
        self.goal = goal
        random = RandomSampler(space: space, seed: seed)
    }

    /// - Parameters:
    ///   - number: the configuration's number in the sweep, from 0.
    ///   - attempt: another one draws other values for the same number.
    ///   - history: the configurations before it, in any order.
    public func propose(number: Int, attempt: Int = 0, history: [SweepObservation]) -> Assignment {
        let known = history.filter { $0.result != .pending }
        guard known.count >= Self.startup else { return random.propose(number: number, attempt: attempt) }
        let ranked = known.sorted { Self.precedes($0.result, $1.result, goal) }
        let good = min(25, Int((0.1 * Double(ranked.count)).rounded(.up)))
        let below = Array(ranked[..<good])
        let above = ranked[good...] + history.filter { $0.result == .pending }
        return space.assignment { name, domain in
            var stream = RandomSampler.stream(seed, number, attempt, "tpe/" + name)
            return Self.choose(
                domain, below: below.compactMap { $0.assignment[name] },
                above: above.compactMap { $0.assignment[name] }, &stream)
        }
    }

    /// Whole trials by value, then pruned ones by how far they came, then failed ones.
    private static func precedes(
        _ first: SweepObservation.Result, _ second: SweepObservation.Result, _ goal: SweepGoal
    ) -> Bool {
        switch (first, second) {
        case (.value(let a), .value(let b)): goal.prefers(a, to: b)
        case (.pruned(let i, let a), .pruned(let j, let b)): i > j || i == j && goal.prefers(a, to: b)
        default: place(first) < place(second)
        }
    }

    private static func place(_ result: SweepObservation.Result) -> Int {
        switch result {
        case .value: 0
        case .pruned: 1
        case .failed: 2
        case .pending: 3
        }
    }

    private static func choose(
        _ domain: ParameterDomain, below: [JSONValue], above: [JSONValue], _ stream: inout RandomStream
    ) -> JSONValue {
        if case .values(let values) = domain.shape {
            return choose(values, below: below, above: above, &stream)
        }
        guard let scale = NumericScale(domain) else { return .null }
        func estimator(_ values: [JSONValue]) -> ParzenEstimator {
            ParzenEstimator(
                values.compactMap(scale.place), low: scale.low, high: scale.high,
                priorWidth: scale.deviation)
        }
        let (good, rest) = (estimator(below), estimator(above))
        var best: (value: JSONValue, ratio: Double)?
        for _ in 0..<candidates {
            let value = scale.value(at: good.draw(&stream))
            guard let place = scale.place(of: value) else { continue }
            let cell = scale.cell(around: place)
            let ratio = good.logDensity(place, cell: cell) - rest.logDensity(place, cell: cell)
            if ratio > best?.ratio ?? -.infinity { best = (value, ratio) }
        }
        return best?.value ?? domain.draw(&stream)
    }

    /// Values without an order: their frequencies, each value counted once more than it was seen in all.
    private static func choose(
        _ values: [JSONValue], below: [JSONValue], above: [JSONValue], _ stream: inout RandomStream
    ) -> JSONValue {
        func shares(_ seen: [JSONValue]) -> [Double] {
            let total = Double(seen.count) + 1
            return values.map { value in
                (Double(seen.count { $0 == value }) + 1 / Double(values.count)) / total
            }
        }
        let (good, rest) = (shares(below), shares(above))
        var best: (index: Int, ratio: Double)?
        for _ in 0..<candidates {
            var mark = stream.uniform()
            var index = 0
            while index + 1 < values.count, mark >= good[index] {
                mark -= good[index]
                index += 1
            }
            let ratio = good[index] / rest[index]
            if ratio > best?.ratio ?? -.infinity { best = (index, ratio) }
        }
        return values[best?.index ?? 0]
    }
}
