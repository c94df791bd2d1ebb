import Testing

@testable import Workbench

@Suite struct TableTests {
    private func example() -> Table {
        var table = Table([.init("run"), .init("name", shrinks: true), .init("best", .right)])
        table.add(["run1", "a rather long name", "0.5"])
        table.add(["run12", "é", "-12.25"])
        return table
    }

    @Test func columnsAreAlignedAndNumbersStandRight() {
        #expect(
            example().rendered() == """
                run    name                  best
                run1   a rather long name     0.5
                run12  é                   -12.25

                """)
    }

    @Test func wideTablesAreCutInTheColumnsThatMay() {
        #expect(
            example().rendered(width: 25) == """
                run    name          best
                run1   a rather …     0.5
                run12  é           -12.25

                """)
    }

    @Test func colorsDoNotChangeTheWidth() {
        var table = Table([.init("a"), .init("b")])
        table.add([.init("x", .red), .init("y")])
        let plain = table.rendered()
        let colored = table.rendered(color: true)
        #expect(plain != colored)
        #expect(
            colored.split(separator: "\n").map { TextWidth.of(String($0)) }
                == plain.split(separator: "\n").map { TextWidth.of(String($0)) })
    }

    @Test func charactersOfTwoColumnsCountTwice() {
        #expect(TextWidth.of("声a") == 3)
        #expect(TextWidth.cut("声声声", to: 4) == "声…")
    }
}

@Suite struct NumberTextTests {
    @Test(arguments: [
        (0.01234, "0.01234"), (17.4249, "17.42"), (1234.56, "1235"), (0, "0"), (-0.5, "-0.5000"),
        (1.2e-7, "1.20e-07"), (.nan, "nan"), (-.infinity, "-inf"), (0.9, "0.9000"),
    ])
    func values(value: Double, text: String) {
        #expect(NumberText.value(value) == text)
    }

    @Test(arguments: [
        (0.83, "0.8 s"), (42, "42 s"), (425, "7 min 05 s"), (11_520, "3 h 12 min"), (187_200, "2 d 04 h"),
        (.infinity, "-"),
    ])
    func durations(seconds: Double, text: String) {
        #expect(NumberText.duration(seconds) == text)
    }

    @Test func sizes() {
        #expect(NumberText.bytes(812) == "812 B")
        #expect(NumberText.bytes(3_400_000) == "3.4 MB")
        #expect(NumberText.difference(0.25, decimals: 2) == "+0.25")
    }
}
