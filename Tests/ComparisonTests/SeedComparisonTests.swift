import Statistics
import Testing

@testable import Comparison

@Suite struct SeedComparisonTests {
    private func runs(_ reference: Reference.Seeds) -> [ComparedRun] {
        var runs: [ComparedRun] = []
        func add(_ group: String, _ seeds: [UInt64], _ values: [Double]) {
            for (seed, value) in zip(seeds, values) {
                runs.append(
                    Invented.run(
                        runs.count + 1, seed: seed, group: group,
                        metrics: [Invented.metric("val/pesq", value, goal: .max)]))
            }
        }
        add("full", Array(1...8), reference.first)
        for row in reference.rows { add(row.name, row.seeds, row.values) }
        return runs
    }

    private var options: ComparisonOptions {
        var options = ComparisonOptions()
        options.metrics = ["val/pesq"]
        return options
    }

    /// ttest_rel, permutation_test, Welch's ttest_ind, the power of the t test, and Holm over the three rows.
    @Test func seedsAreComparedAsScipySays() throws {
        let reference = try Reference.load().seeds
        let comparison = try RunComparison(runs(reference), options)
        #expect(comparison.sides.map(\.label) == ["a", "b", "c", "d"] && comparison.pairing == .seeds)
        #expect(comparison.seeds.count == 3)
        for (found, wanted) in zip(comparison.seeds, reference.rows) {
            #expect(found.test.rawValue == wanted.test, "\(wanted.name)")
            #expect(
                isClose(found.difference, wanted.difference) && isClose(found.p, wanted.p), "\(wanted.name)")
            #expect(isClose(found.interval?.lowerBound, wanted.low, 1e-8), "\(wanted.name)")
            #expect(isClose(found.interval?.upperBound, wanted.high, 1e-8), "\(wanted.name)")
            #expect(isClose(found.adjusted, wanted.pHolm) && found.smallestP == wanted.smallest)
            #expect(isClose(found.minimumDetectable, wanted.detectable, 1e-6), "\(wanted.name)")
            #expect(isClose(found.second.halfWidth, wanted.halfWidth, 1e-8), "\(wanted.name)")
        }
        // Three rows ask for seven pairs; three pairs can show nothing, eight can, Welch's test always.
        #expect(comparison.seeds.map(\.canReachLevel) == [true, false, true])
        #expect(comparison.seeds.map(\.pairsNeeded) == [7, 7, nil])
        #expect(comparison.seeds[1].smallestAdjusted == 0.75)
        #expect(
            comparison.notes.contains { $0.contains("a and d share too few seeds") }, "\(comparison.notes)")
        #expect(
            comparison.notes.contains {
                $0.contains("a and c are paired by seed") && $0.hasSuffix("4, 5, 6, 7, 8")
            })
    }

    @Test func seedsAndFilesTogether() throws {
        let reference = try Reference.load().crossed
        let zero = [Double?](repeating: 0, count: reference.grid[0].count)
        var runs: [ComparedRun] = []
        for seed in 1...6 {
            runs.append(
                Invented.run(seed, seed: UInt64(seed), group: "a", scores: ["pesq": (.max, zero)]))
        }
        for (seed, row) in reference.grid.enumerated() {
            runs.append(
                Invented.run(7 + seed, seed: UInt64(seed + 1), group: "b", scores: ["pesq": (.max, row)]))
        }
        var options = ComparisonOptions()
        options.pairing = .both
        let comparison = try RunComparison(runs, options)
        let crossed = try #require(comparison.seeds.first?.crossed)
        #expect(crossed.seeds == 6 && crossed.files == 40)
        #expect(isClose(crossed.difference, reference.difference))
        #expect(
            isClose(crossed.variance?.seed, reference.seed) && isClose(crossed.variance?.file, reference.file)
        )
        #expect(isClose(crossed.variance?.rest, reference.rest))
        let interval = try #require(crossed.interval)
        let width = reference.interval[1] - reference.interval[0]
        #expect(abs(interval.lowerBound - reference.interval[0]) < 0.04 * width, "\(interval)")
        #expect(abs(interval.upperBound - reference.interval[1]) < 0.04 * width, "\(interval)")
        let shares = try #require(crossed.variance?.shares)
        #expect(abs(shares.seed + shares.file + shares.rest - 1) < 1e-12)
        #expect(crossed.advice == (shares.seed > shares.file ? "seeds" : "files"))
    }

    @Test func seedsNeedGroups() {
        var options = ComparisonOptions()
        options.pairing = .seeds
        #expect(throws: ComparisonError.noSeeds) {
            try RunComparison([Invented.run(1, group: "a"), Invented.run(2, group: "b")], options)
        }
    }

    /// Seeds are paired where two are shared at least, and half of the smaller side's.
    @Test(arguments: [
        (1...8, 8, false), (1...8, 7, false), (1...8, 6, false), (1...8, 5, true), (5...7, 6, true),
        (5...5, 1, false),
    ])
    func seedsArePairedWhereHalfOfThemAreShared(
        _ first: ClosedRange<UInt64>, _ start: UInt64, _ arePaired: Bool
    ) throws {
        func values(_ seeds: ClosedRange<UInt64>) throws -> SeedValues {
            try #require(SeedValues(seeds.map { ($0, Double($0 * $0 % 7)) }))
        }
        let comparison = SeedComparison(
            metric: "pesq", unit: "", goal: .max, other: 1, try values(first), try values(start...start + 7))
        #expect((comparison.test == .paired) == arePaired, "\(comparison.sharedSeeds)")
    }

    @Test func unfinishedRunsStandOutsideOfMeans() throws {
        func run(_ number: Int, _ seed: UInt64, _ group: String, _ status: String, _ value: Double)
            -> ComparedRun
        {
            Invented.run(
                number, seed: seed, group: group, status: status,
                metrics: [Invented.metric("val/pesq", value, goal: .max)])
        }
        let comparison = try RunComparison(
            [
                run(1, 1, "a", "finished", 1), run(2, 2, "a", "finished", 2), run(3, 3, "a", "running", 90),
                run(4, 1, "b", "crashed", 4), run(5, 2, "b", "crashed", 6),
            ], options)
        #expect(comparison.seeds[0].first.mean == 1.5 && comparison.seeds[0].second.mean == 5)
        #expect(comparison.notes.contains("means over the seeds of a leave out run3"))
        #expect(comparison.notes.contains { $0.hasPrefix("no run of b has finished") })
    }

    @Test func oneConfigurationAloneHasItsSpread() throws {
        let runs = [3.0, 4, 8].enumerated().map { index, value in
            Invented.run(
                index + 1, seed: UInt64(index), metrics: [Invented.metric("val/pesq", value, goal: .max)])
        }
        let comparison = try RunComparison(runs, options)
        #expect(comparison.sides.count == 3 && comparison.seeds.isEmpty)
        let spread = try #require(comparison.repeats.first?.seeds)
        #expect(spread.count == 3 && spread.mean == 5)
        #expect(isClose(spread.halfWidth, 4.302652729911275 * (7.0 / 3).squareRoot(), 1e-8))
    }

    @Test func runsOfOneSeedCountOnce() {
        let values = SeedValues([(2, 1), (1, 5), (2, 3), (3, .nan)])
        #expect(
            values?.values == [.init(seed: 1, value: 5), .init(seed: 2, value: 2)] && values?.mean == 3.5)
        #expect(SeedValues([(1, .nan)]) == nil)
    }

    /// The rate at which equal groups are called different must not exceed the level: the honesty of it all.
    @Test func equalGroupsAreRarelyCalledDifferent() throws {
        var draws: UInt64 = 88172645463325252
        func noise() -> Double {
            var sum = 0.0
            for _ in 0..<12 {
                draws ^= draws << 13
                draws ^= draws >> 7
                draws ^= draws << 17
                sum += Double(draws >> 11) * 0x1p-53
            }
            return sum - 6
        }
        var (paired, welch) = (0, 0)
        for _ in 0..<400 {
            let first = SeedValues((0..<7).map { (UInt64($0), noise()) })
            let same = SeedValues((0..<7).map { (UInt64($0), noise()) })
            let other = SeedValues((20..<27).map { (UInt64($0), noise()) })
            let a = try #require(first)
            var rows = try [same, other].map {
                SeedComparison(metric: "m", unit: "", goal: .max, other: 1, a, try #require($0))
            }
            if let p = rows[0].p, p <= 0.05 { paired += 1 }
            if let p = rows[1].p, p <= 0.05 { welch += 1 }
            SeedComparison.adjust(&rows)
            #expect((rows[0].adjusted ?? 0) >= (rows[0].p ?? 1))
        }
        // 20 expected, standard deviation 4.4.
        #expect(paired < 42 && welch < 42 && paired > 4 && welch > 4, "\(paired) \(welch)")
    }
}
