import Testing

@testable import Comparison

@Suite struct GateTests {
    private func comparison() throws -> RunComparison {
        let first: [Double?] = (0..<10).map { Double($0) / 10 }
        let second: [Double?] = first.map { $0.map { $0 - 0.5 } }
        let condition = { (file: Int) in file < 5 ? "N" : "R" }
        return try RunComparison([
            Invented.run(
                7, group: "a", scores: ["pesq": (.max, first)], condition: condition,
                metrics: [Invented.metric("val/loss", 2), Invented.metric("odd name", .nan)]),
            Invented.run(
                9, group: "b", scores: ["pesq": (.max, second)], condition: condition,
                metrics: [Invented.metric("val/loss", 1), Invented.metric("odd name", 1)]),
        ])
    }

    @Test(
        arguments: [
            ("b.test/pesq >= a.test/pesq - 0.02", false), ("b.test/pesq >= a.test/pesq - 0.5000001", true),
            ("run9.test/pesq < run7.test/pesq", true), ("b.val/loss == 1 and a.val/loss == 2", true),
            ("b.val/loss > 1 or a.val/loss > 1", true), ("not b.val/loss > 1 and a.val/loss > 5", false),
            ("not (b.val/loss > 1 and a.val/loss > 5)", true), ("(a.val/loss + 1) * 2 - 1 == 5", true),
            ("a.val/loss / 4 == 0.5", true), ("-a.val/loss + 1e1 == 8", true), ("1 - 2 - 3 == -4", true),
            ("8 / 4 / 2 == 1", true), ("2 + 3 * 4 == 14", true), ("abs(diff(b.test/pesq)) > 0.499", true),
            ("min(a.val/loss, b.val/loss, 7) == 1 and max(1, 2) != 1", true), ("p(b.test/pesq) < 0.05", true),
            ("low(b.test/pesq) <= -0.4 and high(b.test/pesq) < 0", true),
            ("a.test/pesq[N] < a.test/pesq[R]", true), (#"b."val/loss" <= 1"#, true),
            // A figure that is not a number says nothing, whichever way it is asked for.
            (#"a."odd name" < 5"#, false), (#"not a."odd name" < 5"#, false),
            (#"b.val/loss == 1 or a."odd name" > 1"#, false),
        ])
    func verdicts(text: String, holds: Bool) throws {
        #expect(try GateExpression(text).verdict(on: try comparison()).holds == holds)
    }

    @Test func figuresAreReported() throws {
        let verdict = try GateExpression("b.val/loss < a.val/loss").verdict(on: try comparison())
        #expect(
            verdict.figures.map(\.text) == ["b.val/loss", "a.val/loss"]
                && verdict.figures.map(\.value) == [1, 2])
    }

    /// Mistakes point at their first character.
    @Test(
        arguments: [
            ("", 0, "expected a number"), ("b.test/pesq", 11, "expected a comparison"),
            ("b.test/pesq >= ", 15, "expected a number"), ("b.test/pesq = 3", 12, "use '=='"),
            ("b.test/pesq > 3 $", 16, "unexpected character '$'"), ("1 < 2 < 3", 6, "do not chain"),
            ("(1 < 2", 6, "expected ')'"), ("1 < 2)", 5, "expected 'and'"), ("pesq > 3", 0, "lacks a metric"),
            ("b. > 3", 0, "the name of a metric is expected"), ("1 < 3x", 4, "followed by letters"),
            ("1 < 1.2.3", 4, "is not a number"), ("mean(b.x) > 1", 0, "no function 'mean'"),
            ("p(3) < 1", 2, "takes one figure"), ("abs(1, 2) > 1", 0, "abs() takes one value"),
            (#"b."x > 1"#, 0, "the quote is not closed"), ("b.x[N > 1", 0, "the bracket is not closed"),
            ("1 < 2 and", 9, "expected a number"), ("not", 3, "expected a number"),
            ("1 < 2 3", 6, "expected 'and'"),
        ])
    func syntaxErrors(text: String, place: Int, reason: String) {
        do {
            _ = try GateExpression(text)
            Issue.record("'\(text)' was accepted")
        } catch {
            #expect(error.kind == .syntax && error.start == place, "\(error)")
            #expect(error.reason.contains(reason), "\(error)")
        }
    }

    @Test(
        arguments: [
            ("c.test/pesq > 1", 0, 11, "no run 'c'; there are a (run7), b (run9)"),
            ("1 < b.test/psq", 4, 14, "did you mean 'test/pesq'?"),
            ("p(a.test/pesq) < 1", 2, 13, "is not known"), ("low(b.val/loss) < 1", 4, 14, "is not known"),
        ])
    func unknownNames(text: String, start: Int, end: Int, reason: String) throws {
        let gate = try GateExpression(text)
        let comparison = try comparison()
        do {
            _ = try gate.verdict(on: comparison)
            Issue.record("'\(text)' was accepted")
        } catch {
            #expect(error.kind == .unknownName && error.start == start && error.end == end, "\(error)")
            #expect(error.reason.contains(reason), "\(error)")
        }
    }

    @Test func namesMayLeaveOutWhatIsPlain() {
        let known = [
            "test/pesq_wb", "test/pesq_wb[N]", "test/si_sdr", "test/set/stoi", "val/pesq", "val/loss",
        ]
        for (name, figure) in [
            ("test/pesq", "test/pesq_wb"), ("pesq", "test/pesq_wb"), ("pesq[N]", "test/pesq_wb[N]"),
            ("si_sdr", "test/si_sdr"), ("stoi", "test/set/stoi"), ("val/loss", "val/loss"),
        ] { #expect(FigureName.match(name, among: known) == .found(figure), "\(name)") }
        #expect(FigureName.match("test/si_sdrr", among: known) == .unknown(nearest: "test/si_sdr"))
        #expect(FigureName.match("loss", among: known) == .unknown(nearest: nil))
        let both = ["test/pesq_nb", "test/pesq_wb"]
        #expect(FigureName.match("pesq", among: both) == .several(both))
    }

    @Test func theErrorShowsThePlace() {
        let error = GateError(kind: .syntax, expression: "a.x > $", start: 6, end: 7, reason: "no")
        #expect(error.description == "--gate, character 7: no\n    a.x > $\n          ^")
    }

    /// Text from anywhere gives an error and never a crash.
    @Test func hostileTextsAreRefused() {
        #expect(throws: GateError.self) { try GateExpression(String(repeating: "(", count: 100_000)) }
        #expect(throws: GateError.self) { try GateExpression(String(repeating: "not ", count: 100_000)) }
        #expect(throws: GateError.self) {
            try GateExpression(String(repeating: "-", count: 100_000) + "1 < 2")
        }
        let alphabet = Array("ab.test/[]\"()<>=!+-*/,0123e andornotp\u{301}é")
        var state: UInt64 = 1
        for _ in 0..<3_000 {
            var text = ""
            for _ in 0..<12 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            _ = try? GateExpression(text)
        }
    }
}
