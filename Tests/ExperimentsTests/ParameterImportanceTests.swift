import Foundation
import StrictJSON
import Tensor
import Testing

@testable import Experiments

/// What parameters explain, on searches whose answer is known.
@Suite struct ParameterImportanceTests {
    private static let space = SearchSpace(
        NamedValues([
            ("bowl", ParameterDomain(.uniform(-1...1))), ("kind", ParameterDomain(.values(["a", "b", "c"]))),
            ("idle", ParameterDomain(.uniform(0...1))), ("level", ParameterDomain(.integers(1...3))),
        ]))

    private func search(
        _ count: Int, seed: Int = 1, goal: SweepGoal = .min, _ function: (Assignment) -> Double
    ) -> [ParameterImportance] {
        let sampler = RandomSampler(space: Self.space, seed: seed)
        let summaries = (0..<count).map { number in
            let drawn = sampler.propose(number: number)
            return ConfigurationSummary(
                hash: "\(number)", name: nil, assignment: drawn, values: [1: function(drawn)], minutes: nil)
        }
        return ParameterImportance.all(summaries, space: Self.space, goal: goal)
    }

    private func number(_ assignment: Assignment, _ name: String) -> Double {
        assignment[name]?.doubleValue ?? .nan
    }

    /// A bowl has no trend, and is seen; what does nothing explains nothing.
    @Test func aBowlAndAKind() throws {
        let found = search(200) { drawn in
            pow(number(drawn, "bowl"), 2) + (drawn["kind"] == "b" ? 0 : 0.3)
        }
        let byName = Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0) })
        #expect(found[0].name == "bowl" && found[1].name == "kind")
        let (bowl, kind, idle) = (
            try #require(byName["bowl"]), try #require(byName["kind"]), try #require(byName["idle"])
        )
        #expect(bowl.share > 0.4 && kind.share > 0.1 && bowl.share + kind.share < 1)
        #expect(bowl.adjustedP < 0.01 && kind.adjustedP < 0.01 && bowl.count == 200)
        #expect(idle.share < idle.chance && idle.p > 0.05)
        // The middle fifth of the bowl, and the kind that is better.
        #expect(abs(bowl.best.0.doubleValue ?? 9) < 0.35 && abs(bowl.best.1.doubleValue ?? 9) < 0.35)
        #expect(kind.best.0 == "b" && kind.best.1 == "b")
    }

    /// The other goal looks for the other end; ranks do not care for the scale.
    @Test func theGoalDecidesWhatIsBest() throws {
        for goal in [SweepGoal.min, .max] {
            let level = try #require(search(60, goal: goal) { exp(9 * number($0, "level")) }.first)
            #expect(level.name == "level" && level.best.0 == (goal == .min ? 1 : 3))
            #expect(level.share > 0.95)
        }
    }

    /// Where nothing matters p is as it should be: small as often as it says.
    @Test func nothingIsFoundInNoise() {
        var small = 0
        for seed in 0..<60 {
            var stream = RandomStream(seed: UInt64(seed), "noise")
            small += search(40, seed: seed) { _ in stream.uniform() }.count { $0.p <= 0.1 }
        }
        // 240 tests at 0.1 make 24 on average; three standard deviations are 14.
        #expect((10...38).contains(small), "\(small) of 240")
    }

    @Test func fewConfigurationsSayNothing() {
        #expect(search(19) { number($0, "bowl") }.isEmpty)
        #expect(search(20) { number($0, "bowl") }.count == 4)
    }
}
