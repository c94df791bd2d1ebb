import Foundation
import Testing

@testable import Tracking

/// What the filter language takes, and where its errors point.
@Suite struct FilterParserTests {
    /// Each faulty expression with the characters its error points at, written as the text before and the text meant.
    @Test(
        arguments: [
            ("", "", "", "empty"),
            ("   ", "   ", "", "empty"),
            ("val/loss", "val/loss", "", "expected =, !=, <"),
            ("val/loss <", "val/loss <", "", "expected a value"),
            ("val/loss < and a = 1", "val/loss < ", "and", "stands in quotation marks"),
            ("val/loss << 1", "val/loss ", "<<", "'<<' is no operator"),
            ("a =< 1", "a ", "=<", "write '<='"),
            ("a = 1 && b = 2", "a = 1 ", "&&", "write 'and'"),
            ("! a = 1", "", "!", "write 'not'"),
            ("(a = 1", "", "(", "never closed"),
            ("a = 1)", "a = 1", ")", "closes nothing"),
            ("(a = 1 b = 2)", "(a = 1 ", "b", "expected 'and', 'or' or )"),
            ("a = 1 andd b = 2", "a = 1 ", "andd", "did you mean 'and'?"),
            ("status in finished", "status in ", "finished", "square brackets"),
            ("status in [finished", "status in ", "[", "never closed"),
            ("status in []", "status in [", "]", "at least one"),
            ("status in [a b]", "status in [a ", "b", "expected a comma or ]"),
            ("name = 'x", "name = ", "'", "never closed"),
            ("note is empty", "note is ", "empty", "expected 'not undefined'"),
            ("note is not", "note is not", "", "expected 'undefined'"),
            ("note cotains x", "note ", "cotains", "did you mean 'contains'?"),
            ("note not like x", "note not ", "like", "'contains' or 'in'"),
            ("and", "", "and", "expected a name"),
            ("a = 1 or", "a = 1 or", "", "expected a name"),
        ] as [(String, String, String, String)])
    func errorsPointAtTheCharacter(text: String, before: String, meant: String, reason: String) throws {
        let error = try #require(throws: FilterError.self) { try FilterExpression(text) }
        #expect(error.kind == .syntax && error.expression == text)
        #expect(error.range == before.count..<before.count + meant.count, "\(error)")
        #expect(error.reason.contains(reason), "\(error)")
        let lines = "\(error)".split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 3)
        #expect(lines[1] == "  " + text)
        #expect(lines[2].prefix { $0 == " " }.count == 2 + before.count)
        #expect(lines[2].filter { $0 == "^" }.count == max(1, meant.count))
    }

    @Test func precedenceAndSpacing() throws {
        func root(_ text: String) throws -> FilterExpression.Node { try FilterExpression(text).root }
        guard case .any(let parts) = try root("a=1 or b=2 AND NOT c=3") else {
            Issue.record("'or' binds weakest")
            return
        }
        #expect(parts.count == 2)
        guard case .all(let both) = parts[1], case .not = both[1] else {
            Issue.record("'and' binds stronger than 'or', 'not' strongest")
            return
        }
        guard case .all(let grouped) = try root("(a=1 or b=2) and c=3"), case .any = grouped[0] else {
            Issue.record("parentheses come first")
            return
        }
        guard
            case .test(let name, .compared(.lessOrEqual, let value)) = try root(
                "metric:best:val/si_sdr<=-1e-4")
        else {
            Issue.record("names and values need no spaces around operators")
            return
        }
        #expect(name.text == "metric:best:val/si_sdr" && value.text == "-1e-4")
        guard case .test(_, .compared(.equal, let quoted)) = try root(#"name = "a (b) \"c\"""#) else {
            Issue.record("quotation marks")
            return
        }
        #expect(quoted.text == #"a (b) "c""# && quoted.isQuoted)
    }

    /// Nesting and length are bounded: the answer is an error and never a stack overflow.
    @Test func deepAndLongExpressionsAreRefused() throws {
        let deep = String(repeating: "(", count: 5000) + "a = 1" + String(repeating: ")", count: 5000)
        #expect(throws: FilterError.self) { try FilterExpression(deep) }
        #expect(throws: FilterError.self) {
            try FilterExpression(String(repeating: "not ", count: 4000) + "a = 1")
        }
        #expect(throws: FilterError.self) {
            try FilterExpression(String(repeating: "a = 1 or ", count: 4000) + "a = 1")
        }
    }

    /// Whatever the text, the parser answers, and its error lies within the text.
    @Test func anyTextIsAnsweredWithAPlaceInsideIt() {
        var random = SystemRandomNumberGenerator()
        let pieces = [
            "a", "val/loss", "=", "!=", "<", ">", "(", ")", "[", "]", ",", "and", "or", "not", "in", "is",
            "contains", "undefined", "'", "\"", "\\", "1", "7d", " ", "é", "🎧", "\n", "!",
        ]
        for _ in 0..<3000 {
            let count = Int.random(in: 0...12, using: &random)
            let text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined(
                separator: " ")
            do {
                _ = try FilterExpression(text)
            } catch {
                #expect(error.range.lowerBound >= 0 && error.range.upperBound <= text.count, "\(text)")
                #expect("\(error)".split(separator: "\n").count == 3, "\(error)")
            }
        }
    }

    @Test func timesAndSpans() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 3600))
        let now = Date(timeIntervalSince1970: 1_772_366_400)  // 2026-03-01 12:00 UTC
        func moment(_ text: String) -> Range<Int64>? {
            FilterLiteral.moment(text, now: now, calendar: calendar)
        }
        func seconds(_ range: Range<Int64>?) -> [Double]? {
            range.map { [Double($0.lowerBound) / 1e6, Double($0.upperBound) / 1e6] }
        }
        let day = 1_772_319_600.0  // 2026-03-01 00:00 +01:00
        #expect(seconds(moment("today")) == [day, day + 86400])
        #expect(seconds(moment("2026-03-01")) == [day, day + 86400])
        #expect(seconds(moment("yesterday")) == [day - 86400, day])
        #expect(seconds(moment("2026-03-01Z")) == [day + 3600, day + 3600 + 86400])
        #expect(moment("7d")?.lowerBound == now.addingTimeInterval(-7 * 86400).microseconds)
        #expect(moment("now") == now.microseconds..<now.microseconds + 1)
        #expect(moment("2026-03-01T12:30")?.lowerBound == Int64((day + 45_000) * 1e6))
        #expect(moment("2026-03-01T11:30:05.5Z")?.lowerBound == Int64((day + 45_005.5) * 1e6))
        for text in [
            "2026-02-30", "2026-13-01", "2026-3-1", "2026-03-01T25:00", "2026-03-01T12", "soon", "7x", "",
        ] {
            #expect(moment(text) == nil, "\(text)")
        }
        #expect(FilterLiteral.seconds("1.5h") == 5400 && FilterLiteral.seconds("30min") == 1800)
        #expect(FilterLiteral.seconds("12") == nil && FilterLiteral.seconds("h") == nil)
        #expect(FilterLiteral.number("1e-4") == 1e-4 && FilterLiteral.number("-.5") == -0.5)
        #expect(FilterLiteral.number("0x10") == nil && FilterLiteral.number("e") == nil)
        #expect(FilterLiteral.number("nan")?.isNaN == true && FilterLiteral.number("-inf") == -.infinity)
    }
}
