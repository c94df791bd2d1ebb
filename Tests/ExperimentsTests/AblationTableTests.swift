import Foundation
import StrictJSON
import Testing

@testable import Experiments

/// Effects of ablations from values that are known.
@Suite struct AblationTableTests {
    private func spec(_ design: AblationDesign, _ factors: [String]) throws -> AblationSpec {
        var spec = AblationSpec()
        spec.design = design
        spec.factors = NamedValues(
            factors.map { name in
                var factor = AblationFactor()
                factor.off = NamedValues([(name, .integer(0))])
                return (name, factor)
            })
        return spec
    }

    /// Makes the table of a function of what is off and of the seed.
    private func table(
        _ design: AblationDesign, _ factors: [String], seeds: [Int], goal: SweepGoal = .min,
        _ value: (Set<String>, Int) -> Double?
    ) throws -> AblationTable {
        let spec = try spec(design, factors)
        let cases = spec.cases.map { ($0, $0.off.sorted().joined(separator: "+")) }
        let outcomes = cases.flatMap { entry, hash in
            seeds.map { seed in
                TrialOutcome(
                    hash: hash, name: entry.name, assignment: entry.assignment, seed: seed,
                    value: value(entry.off, seed), minutes: entry.off.contains("a") ? 1 : 3)
            }
        }
        return AblationTable(spec, cases: cases.map { ($0.0, $0.1) }, outcomes: outcomes, goal: goal)
    }

    /// scipy: d = [1.1, .9, 1.2, .8, 1.05, .95]; ttest_1samp(d, 0).confidence_interval(.95) = (0.847922, 1.152078);
    /// permutation_test of the signs: p = 2 / 64.
    @Test func leaveOneOutPairsBySeed() throws {
        let differences = [1.1, 0.9, 1.2, 0.8, 1.05, 0.95]
        let result = try table(.leaveOneOut, ["a", "b", "c"], seeds: Array(1...6)) { off, seed in
            10 * Double(seed) + (off.contains("a") ? differences[seed - 1] : 0)
                + (off.contains("b") ? (seed % 2 == 0 ? 0.5 : -0.5) : 0)
        }
        let a = result.effects[0]
        #expect(a.factor == "a" && a.seeds == [1, 2, 3, 4, 5, 6])
        #expect(abs((a.mean ?? 0) - 1) < 1e-12)
        #expect(abs((a.halfWidth ?? 0) - 0.1520777) < 1e-6)
        #expect(a.p == 2.0 / 64 && a.smallestP == 2.0 / 64)
        #expect(a.adjustedP == 3 * 2.0 / 64 && a.isTooSmall && result.seedsNeeded == 7)
        #expect(a.worseShare == 1 && a.minutesWithout == 1 && a.minutesWith == 3)
        #expect(result.effects[1].mean == 0 && result.effects[1].p == 1)
        #expect(result.effects[2].mean == 0 && result.effects[2].worseShare == 0)
        #expect(result.configurations.map(\.name) == ["full", "without a", "without b", "without c"])
    }

    @Test func oneAtATimeMeasuresAgainstNothing() throws {
        let result = try table(.oneAtATime, ["a", "b"], seeds: [1, 2], goal: .max) { off, seed in
            Double(seed) + (off.contains("a") ? 0 : 4) + (off.contains("b") ? 0 : -1)
        }
        // Without a, with it alone: 4 less.
        #expect(result.effects.map(\.mean) == [-4, 1])
        #expect(result.effects.map(\.worseShare) == [1, 0])
    }

    @Test func factorialAveragesOverTheOthers() throws {
        let result = try table(.fullFactorial, ["a", "b"], seeds: [1, 2, 3]) { off, seed in
            // An interaction: b matters only where a is on.
            Double(seed) + (off.contains("a") ? 3 : off.contains("b") ? 2 : 0)
        }
        #expect(result.effects.map(\.mean) == [2, 1])
        #expect(result.configurations.count == 4)
    }

    /// A seed whose runs are not all there decides nothing.
    @Test func incompleteSeedsAreLeftOut() throws {
        let result = try table(.leaveOneOut, ["a", "b"], seeds: [1, 2, 3]) { off, seed in
            off == ["a"] && seed == 2 ? nil : Double(seed * seed) + Double(off.count)
        }
        #expect(result.effects[0].seeds == [1, 3] && result.effects[1].seeds == [1, 2, 3])
        #expect(result.effects[0].mean == 1)
        let none = try table(.leaveOneOut, ["a"], seeds: [1]) { _, _ in nil }
        #expect(none.effects[0].mean == nil && none.effects[0].p == nil && none.effects[0].isTooSmall)
    }
}
