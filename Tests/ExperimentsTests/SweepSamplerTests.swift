import Foundation
import StrictJSON
import Testing

@testable import Experiments

/// Random draws and the Parzen estimator, on functions that need no training.
@Suite struct SweepSamplerTests {
    private static let mixed = SearchSpace(
        NamedValues([
            ("rate", ParameterDomain(.logarithmic(1e-5...1e-1))),
            ("depth", ParameterDomain(.integers(1...8))),
            ("width", ParameterDomain(.logarithmicIntegers(4...256))),
            ("drop", ParameterDomain(.stepped(low: 0, step: 0.1, count: 6))),
            ("kind", ParameterDomain(.values(["a", "b", "c"]))),
        ]))

    @Test func drawsAreInTheirDomainsAndRepeat() {
        let sampler = RandomSampler(space: Self.mixed, seed: 3)
        var depths: Set<Int> = []
        var rates: [Double] = []
        for number in 0..<400 {
            let drawn = sampler.propose(number: number)
            #expect(drawn == RandomSampler(space: Self.mixed, seed: 3).propose(number: number))
            let rate = drawn["rate"]?.doubleValue ?? 0
            rates.append(rate)
            #expect((1e-5...1e-1).contains(rate))
            depths.insert(drawn["depth"]?.intValue ?? 0)
            #expect((4...256).contains(drawn["width"]?.intValue ?? 0))
            #expect([0, 0.1, 0.2, 0.3, 0.4, 0.5].contains(drawn["drop"]?.doubleValue ?? 9))
        }
        #expect(depths == Set(1...8))
        // Half of a logarithmic draw lies below the geometric mean.
        #expect((160...240).contains(rates.count { $0 < 1e-3 }))
        #expect(sampler.propose(number: 0) != RandomSampler(space: Self.mixed, seed: 4).propose(number: 0))
    }

    /// Steps on a logarithmic line, and normal draws with their mean, spread and reach.
    @Test func stepsAndNormalDraws() throws {
        let space = SearchSpace(
            NamedValues([
                ("size", ParameterDomain(.logarithmicSteps(low: 8, step: 8, count: 8))),
                ("bell", ParameterDomain(.normal(mean: 5, deviation: 2))),
                ("skew", ParameterDomain(.logNormal(mean: -7, deviation: 0.5))),
            ]))
        let sampler = RandomSampler(space: space, seed: 1)
        let drawn = (0..<2000).map { sampler.propose(number: $0) }
        func numbers(_ name: String) -> [Double] { drawn.compactMap { $0[name]?.doubleValue } }
        let sizes = Dictionary(grouping: numbers("size")) { $0 }.mapValues { Double($0.count) / 2000 }
        #expect(Set(sizes.keys) == Set((1...8).map { Double($0) * 8 }))
        // Of the line from log 4 to log 68, the first piece ends at 12 and the last begins at 60.
        #expect(abs((sizes[8] ?? 0) - log(12.0 / 4) / log(68.0 / 4)) < 0.03)
        #expect(abs((sizes[64] ?? 0) - log(68.0 / 60) / log(68.0 / 4)) < 0.02)
        for (values, mean, deviation) in [
            (numbers("bell"), 5.0, 2.0), (numbers("skew").map { log($0) }, -7, 0.5),
        ] {
            let middle = values.reduce(0, +) / 2000
            let spread = (values.reduce(0) { $0 + pow($1 - middle, 2) } / 2000).squareRoot()
            // Standard errors are deviation / sqrt(2000) and that / sqrt(2).
            #expect(abs(middle - mean) < 0.1 * deviation && abs(spread - deviation) < 0.08 * deviation)
            #expect(values.allSatisfy { abs($0 - mean) <= 4.0001 * deviation })
        }
        // A third of normal draws lies more than a deviation away, of even ones from the same reach three quarters.
        #expect(abs(Double(numbers("bell").count { abs($0 - 5) > 2 }) / 2000 - 0.317) < 0.04)
        let grid = ParameterDomain(.normal(mean: 5, deviation: 2), points: 3).gridValues ?? []
        // The normal quantile of 5/6 is 0.967422.
        #expect(grid.count == 3 && grid[1] == 5 && abs((grid[2].doubleValue ?? 0) - 6.934843) < 1e-5)
        for domain in space.params.members.map(\.value) {
            #expect(try ParameterDomain.decode(domain.json, at: "x", onto: nil) == domain)
        }
    }

    /// The outer values of a list of numbers are as likely as the inner ones, though half of what rounds to them lies
    /// beyond them.
    @Test func outerValuesAreAsLikelyAsInnerOnes() {
        var depths = [Int](repeating: 0, count: 9)
        var drops = [Int](repeating: 0, count: 6)
        for number in 0..<4000 {
            let drawn = RandomSampler(space: Self.mixed, seed: 7).propose(number: number)
            depths[drawn["depth"]?.intValue ?? 0] += 1
            drops[Int(((drawn["drop"]?.doubleValue ?? 0) * 10).rounded())] += 1
        }
        // 500 and 667 on average; 100 is more than four standard deviations, half of the average far more.
        #expect(depths[0] == 0 && depths.dropFirst().allSatisfy { abs($0 - 500) < 100 }, "\(depths)")
        #expect(drops.allSatisfy { abs($0 - 667) < 100 }, "\(drops)")
    }

    /// Jobs side by side must not all try the same place: what is being tried counts among the rest.
    @Test func parzenKeepsAwayFromWhatIsBeingTried() {
        let space = SearchSpace(NamedValues([("x", ParameterDomain(.uniform(0...1)))]))
        let history = (0..<30).map { index in
            let x = (Double(index) + 0.5) / 30
            return SweepObservation(Assignment(["x": .number(x)]), .value(abs(x - 0.3)))
        }
        let pending = (0..<6).map { _ in SweepObservation(Assignment(["x": .number(0.3)]), .pending) }
        func distance(_ history: [SweepObservation]) -> Double {
            (0..<40).reduce(0.0) { sum, seed in
                let sampler = TreeParzenSampler(space: space, seed: seed, goal: .min)
                return sum + abs(Self.place(sampler.propose(number: 36, history: history), "x") - 0.3) / 40
            }
        }
        #expect(distance(history + pending) > 1.5 * distance(history))
    }

    /// Runs a sampler on a function; the best value after `trials`.
    private static func best(
        _ space: SearchSpace, seed: Int, trials: Int, tpe: Bool, _ function: (Assignment) -> Double
    ) -> Double {
        let random = RandomSampler(space: space, seed: seed)
        let parzen = TreeParzenSampler(space: space, seed: seed, goal: .min)
        var history: [SweepObservation] = []
        var best = Double.infinity
        for number in 0..<trials {
            let next = tpe ? parzen.propose(number: number, history: history) : random.propose(number: number)
            let value = function(next)
            history.append(SweepObservation(next, .value(value)))
            best = min(best, value)
        }
        return best
    }

    private static func place(_ assignment: Assignment, _ name: String) -> Double {
        assignment[name]?.doubleValue ?? .nan
    }

    /// How many of the seeds the Parzen estimator's best is below the random one's, by function.
    @Test(arguments: ["branin", "mixed", "sphere"])
    func parzenBeatsRandom(_ name: String) {
        let square = SearchSpace(
            NamedValues([
                ("x", ParameterDomain(.uniform(-5...10))), ("y", ParameterDomain(.uniform(0...15))),
            ]))
        let wide = SearchSpace(
            NamedValues((0..<5).map { ("x\($0)", ParameterDomain(.uniform(-5...5))) }))
        // Branin and Hoo 1972; a mixed one with a narrow valley; the sum of squares in five dimensions.
        func branin(_ a: Assignment) -> Double {
            let (x, y) = (Self.place(a, "x"), Self.place(a, "y"))
            let bend = y - 5.1 / (4 * .pi * .pi) * x * x + 5 / .pi * x - 6
            return bend * bend + 10 * (1 - 1 / (8 * .pi)) * cos(x) + 10
        }
        func mixed(_ a: Assignment) -> Double {
            let rate = log10(Self.place(a, "rate")) + 2.6
            let width = log2(Self.place(a, "width")) - 6
            let kind = a["kind"] == "b" ? 0.0 : 1
            return rate * rate + 0.2 * width * width + 0.1 * abs(Self.place(a, "depth") - 5)
                + kind + Self.place(a, "drop")
        }
        func sphere(_ a: Assignment) -> Double {
            (0..<5).reduce(0) { $0 + pow(Self.place(a, "x\($1)") - 1, 2) }
        }
        let (space, function): (SearchSpace, (Assignment) -> Double) =
            switch name {
            case "branin": (square, branin)
            case "mixed": (Self.mixed, mixed)
            default: (wide, sphere)
            }
        var wins = 0
        var ratios = 0.0
        let seeds = 20
        for seed in 0..<seeds {
            let ours = Self.best(space, seed: seed, trials: 60, tpe: true, function)
            let random = Self.best(space, seed: seed, trials: 60, tpe: false, function)
            if ours < random { wins += 1 }
            ratios += log(ours / random) / Double(seeds)
        }
        // A coin would reach 15 of 20 once in fifty times.
        #expect(wins >= 15, "\(name): \(wins) of \(seeds), geometric mean of ratios \(exp(ratios))")
    }

    @Test func parzenIsRandomAtFirstAndRepeats() {
        let parzen = TreeParzenSampler(space: Self.mixed, seed: 5, goal: .max)
        let random = RandomSampler(space: Self.mixed, seed: 5)
        let few = (0..<9).map { SweepObservation(random.propose(number: $0), .value(Double($0))) }
        #expect(parzen.propose(number: 9, history: few) == random.propose(number: 9))
        let history = (0..<40).map { number in
            SweepObservation(
                random.propose(number: number),
                number % 7 == 0
                    ? .failed : number % 5 == 0 ? .pruned(rung: 0, value: 1) : .value(Double(number)))
        }
        let next = parzen.propose(number: 40, history: history)
        #expect(next == parzen.propose(number: 40, history: history.reversed()))
        #expect(next != random.propose(number: 40))
        #expect(next != parzen.propose(number: 40, attempt: 1, history: history))
    }

    /// A density is one, also where it is cut off.
    @Test func parzenDensityIntegratesToOne() {
        let estimator = ParzenEstimator([0.1, 0.1, 0.9, 2.5], low: 0, high: 3)
        let steps = 3000
        let sum = (0..<steps).reduce(0.0) { sum, index in
            sum + exp(estimator.logDensity((Double(index) + 0.5) * 3 / Double(steps), cell: nil)) * 3
                / Double(steps)
        }
        #expect(abs(sum - 1) < 1e-4)
        let cells = (0..<3).reduce(0.0) { sum, index in
            let low = Double(index)
            return sum + exp(estimator.logDensity(low + 0.5, cell: low...low + 1))
        }
        #expect(abs(cells - 1) < 1e-6)
    }

    @Test func halvingKeepsTheBestShare() {
        let halving = SuccessiveHalving(minimum: 100, eta: 3, maximum: 2700)
        #expect(halving.rungs == [100, 300, 900])
        // Value, those that came before, whether it goes on.
        let table: [(Double, [Double], Bool)] = [
            (5, [], true), (4, [5], true), (6, [5], false), (4.5, [5, 4], false), (3, [5, 4], true),
            (4.5, [5, 4, 6, 7, 8], true), (5.5, [5, 4, 6, 7, 8], false), (.nan, [], false),
            (4, [4], true), (1, [.nan, .infinity], true),
        ]
        for (value, others, keeps) in table {
            #expect(halving.keeps(value, among: others, goal: .min) == keeps, "\(value) among \(others)")
            #expect(halving.keeps(-value, among: others.map { -$0 }, goal: .max) == keeps)
        }
        #expect(SuccessiveHalving(minimum: 5, eta: 2, maximum: 6).rungs == [5])
    }
}
