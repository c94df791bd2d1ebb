import Testing

@testable import Workbench

@Suite struct CurveTests {
    private func rows(_ curve: Curve) -> [String] {
        curve.rendered().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test func aRisingLineGoesFromTheLowerLeftToTheUpperRight() {
        let line = Curve.Line(name: "a", points: (0...100).map { (Double($0), Double($0)) })
        let rows = rows(Curve(lines: [line], width: 26, height: 4))
        #expect(rows[0].hasPrefix("100.0 ┤") && rows[3].hasPrefix("    0 ┤"))
        #expect(rows[3].count < rows[2].count && rows[2].count < rows[0].count)
        #expect(rows[5].contains("0") && rows[5].contains("step") && rows[5].hasSuffix("100"))
    }

    private static let axes: [(values: [Double], texts: [String])] = [
        ([0.123457, 0.1234565, 0.123456], ["0.1234570", "0.1234565", "0.1234560"]),
        ([100, 50, 0], ["100.0", "50.00", "0"]),
        ([1000.25, 1000.2, 1000.15], ["1000.25", "1000.20", "1000.15"]),
        ([2.5, 2.5, 2.5], ["2.500", "2.500", "2.500"]),
        ([1e9 + 2, 1e9 + 1, 1e9], ["1.000000002e+09", "1.000000001e+09", "1.000000000e+09"]),
        ([3e-7, 2.99999e-7, 2.99998e-7], ["3.00000e-07", "2.99999e-07", "2.99998e-07"]),
        ([-0.5, -0.50001, -0.50002], ["-0.50000", "-0.50001", "-0.50002"]),
    ]

    /// Values that differ late keep the digits that tell them apart.
    @Test(arguments: 0..<axes.count) func axesTellTheirValuesApart(index: Int) {
        #expect(NumberText.axis(Self.axes[index].values) == Self.axes[index].texts)
    }

    /// One sample among 100,000 must reach the top row.
    @Test func aSingleSpikeStaysVisible() {
        var points = (0..<100_000).map { (x: Double($0), y: 0.0) }
        points[61_803].y = 1
        let rows = rows(Curve(lines: [.init(name: "a", points: points)], width: 60, height: 6))
        let top = rows[0].drop { $0 != "┤" }.dropFirst()
        #expect(top.contains { $0 != " " })
    }

    @Test func valuesThatAreNotFiniteLeaveAGapAndAreCounted() {
        let points: [(x: Double, y: Double)] = [(0, 1), (1, .nan), (2, .infinity), (3, 2)]
        let text = Curve(lines: [.init(name: "loss", points: points)]).rendered()
        #expect(text.contains("loss  (2 of 4 values are not finite)"))
        let empty = Curve(lines: [.init(name: "loss", points: [(0, .nan)])]).rendered()
        #expect(empty.contains("(no finite values)"))
    }

    @Test func oneConstantPointIsDrawn() {
        let text = Curve(lines: [.init(name: "a", points: [(5, 3)])]).rendered()
        #expect(text.unicodeScalars.contains { (0x2801...0x28ff).contains($0.value) })
    }

    @Test func theGreatestNumbersDoNotOverflow() {
        let points: [(x: Double, y: Double)] = [
            (0, -Double.greatestFiniteMagnitude), (1, Double.greatestFiniteMagnitude),
        ]
        #expect(Curve(lines: [.init(name: "a", points: points)]).rendered().contains("1.80e+308"))
    }

    @Test func equalLinesTakeTurns() {
        let points: [(x: Double, y: Double)] = [(0, 0), (1, 1)]
        let text = Curve(lines: [.init(name: "one", points: points), .init(name: "two", points: points)])
            .rendered()
        let drawn = text.prefix { $0 != "└" }
        #expect(drawn.contains("*") && drawn.contains("+"))
    }

    @Test func severalLinesWithoutColorsHaveLettersAndALegend() {
        let lines = ["one", "two"].enumerated().map { index, name in
            Curve.Line(name: name, points: [(0, Double(index)), (1, Double(index))])
        }
        let text = Curve(lines: lines).rendered()
        #expect(text.contains("* one") && text.contains("+ two"))
        #expect(text.contains("***") && text.contains("+++"))
        #expect(!text.unicodeScalars.contains { (0x2800...0x28ff).contains($0.value) })
    }
}
