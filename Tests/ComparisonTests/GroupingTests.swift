import Testing

@testable import Comparison

@Suite struct GroupingTests {
    private func run(_ number: Int, seed: UInt64, _ depth: String) -> ComparedRun {
        ComparedRun(
            address: "run\(number)", seed: seed,
            parameters: ["seed": "\(seed)", "model.depth": depth, "name": "n\(number)"])
    }

    private var runs: [ComparedRun] {
        [run(1, seed: 1, "4"), run(2, seed: 1, "5"), run(3, seed: 2, "4"), run(4, seed: 2, "5")]
    }

    @Test func runsThatDifferInTheSeedAloneFormGroups() throws {
        #expect(try Grouping.automatic.groups(runs) == [[0, 2], [1, 3]])
        #expect(try Grouping("!seed").groups(runs) == [[0, 2], [1, 3]])
        #expect(try Grouping("none").groups(runs) == [[0], [1], [2], [3]])
        #expect(try Grouping("model.depth").groups(runs) == [[0, 2], [1, 3]])
        #expect(try Grouping("!seed, model.depth").groups(runs) == [[0, 1, 2, 3]])
    }

    /// One group alone leaves nothing to compare with, so its runs stand side by side.
    @Test func oneGroupIsComparedRunByRun() throws {
        #expect(try Grouping.automatic.groups([runs[0], runs[2]]) == [[0], [1]])
        #expect(try Grouping.automatic.groups([runs[0], runs[1]]) == [[0], [1]])
    }

    @Test(arguments: ["", "!", "a,,b", "a,!b", "!a,"]) func badGroupings(text: String) {
        #expect(throws: ComparisonError.badGrouping(text)) { try Grouping(text) }
    }

    @Test func unknownKeysNameTheNearest() {
        #expect(throws: ComparisonError.unknownKey("model.dept", nearest: "model.depth")) {
            try Grouping("model.dept").groups(runs)
        }
    }

    @Test func sidesHaveLettersAndShortTitles() {
        let sides = Side.sides(of: [[0, 1, 2], [3]], (1...4).map { run($0, seed: 1, "4") })
        #expect(sides.map(\.label) == ["a", "b"] && sides.map(\.title) == ["run1..run3", "run4"])
        #expect(Side.letter(25) == "z" && Side.letter(26) == "aa" && Side.letter(52) == "ba")
    }

    @Test func configurationsShowWhatDiffers() {
        let difference = ConfigDifference(runs)
        #expect(difference.keyCount == 3 && difference.changed.map(\.key) == ["model.depth", "name", "seed"])
        #expect(
            difference.changed[0].text(of: [0, 2]) == "4" && difference.changed[2].text(of: [0, 2]) == "1, 2")
        let six = ConfigDifference((1...6).map { run($0, seed: UInt64($0), "4") })
        #expect(six.changed.map { $0.text(of: Array(0..<6)) } == ["n1, n2, n3, n4, n5, n6", "1..6"])
    }
}
