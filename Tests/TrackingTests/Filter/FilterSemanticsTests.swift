import Foundation
import Testing

@testable import Tracking

/// Filters as SQL against a plain evaluation of the same tree in Swift.
@Suite struct FilterSemanticsTests {
    /// What a run is, read without the filter's own code.
    private struct Facts {
        var texts: [String: String] = [:]
        var numbers: [String: Double] = [:]
        var tags: [String] = []
        var started = Date()
    }

    private static let names = [
        "status", "name", "tag", "depth", "kind", "rate", "val/loss", "max:val/loss", "started",
    ]

    private static func workspace(_ folder: TemporaryFolder) throws -> (Workspace, [Run.ID: Facts]) {
        let workspace = try Workspace(directory: folder.url)
        for index in 0..<24 {
            var parts = [#""model":{"depth":\#(index % 5)}"#]
            if index % 3 != 0 { parts.append(#""rate":\#([1e-4, 0.5, 3][index % 3])"#) }
            if index % 4 == 1 { parts.append(#""label":"\#(["5", "x", "adam"][index % 3])""#) }
            let recorder = try workspace.startRun(
                .plain(
                    name: index % 2 == 0 ? "run \(index % 6)" : nil,
                    config: "{" + parts.joined(separator: ",") + "}"))
            for (step, value) in [Double(index % 7) / 2, Double(index % 5) - 1].enumerated()
            where index % 6 != 5 {
                try recorder.log("val/loss", step: step, value: value)
            }
            if index % 8 == 2 { try recorder.log("val/loss", step: 9, value: .nan) }
            if index % 8 == 3 { try recorder.log("val/loss", step: 9, value: .infinity) }
            if index % 3 == 1 { try recorder.tag("baseline") }
            if index % 5 == 1 { try recorder.tag("Base two") }
            let ends: [RunStatus] = [.finished, .failed, .killed]
            try recorder.finish(ends[index % 3], error: index % 3 == 0 ? nil : "why")
        }
        var facts: [Run.ID: Facts] = [:]
        for run in try workspace.runs() {
            var own = Facts(tags: try workspace.tags(of: run.id), started: run.started)
            own.texts = ["status": run.status.rawValue]
            own.texts["name"] = run.name
            for (key, value) in try workspace.parameters(of: run.id) {
                own.texts[key] = value
                if key != "label" { own.numbers[key] = Double(value) }
            }
            if let summary = try workspace.summaries(of: run.id).first {
                own.numbers["val/loss"] = summary.last
                own.numbers["max:val/loss"] = summary.maximum
            }
            facts[run.id] = own
        }
        return (workspace, facts)
    }

    private static func holds(_ node: FilterExpression.Node, _ facts: Facts, now: Date) -> Bool {
        switch node {
        case .all(let parts): parts.allSatisfy { holds($0, facts, now: now) }
        case .any(let parts): parts.contains { holds($0, facts, now: now) }
        case .not(let part): !holds(part, facts, now: now)
        case .test(let name, let condition): test(name.text, condition, facts, now: now)
        }
    }

    private static func test(
        _ name: String, _ condition: FilterExpression.Condition, _ facts: Facts, now: Date
    ) -> Bool {
        let isMetric = name.hasSuffix("val/loss")
        let isDefined =
            name == "tag" ? !facts.tags.isEmpty : facts.texts[name] != nil || facts.numbers[name] != nil
        switch condition {
        case .undefined(let negated): return isDefined == negated
        case .contains(let word, let negated):
            let wanted = word.text.lowercased()
            if name == "tag" { return facts.tags.contains { $0.lowercased().contains(wanted) } != negated }
            guard let text = facts.texts[name] else { return false }
            return text.lowercased().contains(wanted) != negated
        case .oneOf(let words, let negated):
            if name != "tag", !isDefined { return false }
            return words.contains { test(name, .compared(.equal, $0), facts, now: now) } != negated
        case .compared(let comparison, let word):
            if name == "started" {
                return order(facts.started.timeIntervalSince(now), comparison, -span(word.text))
            }
            if name == "tag" { return facts.tags.contains(word.text) == (comparison == .equal) }
            guard isDefined else { return false }
            if let number = facts.numbers[name], let wanted = FilterLiteral.number(word.text),
                !word.isQuoted || isMetric
            {
                if number.isNaN || wanted.isNaN {
                    return (number.isNaN && wanted.isNaN) ? comparison == .equal : comparison == .different
                }
                return order(number, comparison, wanted)
            }
            return (facts.texts[name] == word.text) == (comparison == .equal)
                && (comparison == .equal || comparison == .different)
        }
    }

    private static func span(_ text: String) -> Double { (Double(text.dropLast()) ?? 0) * 3600 }

    private static func order(_ a: Double, _ comparison: FilterComparison, _ b: Double) -> Bool {
        switch comparison {
        case .equal: a == b
        case .different: a != b
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        case .greaterOrEqual: a >= b
        }
    }

    /// A random expression of the names and values above.
    private static func expression(_ random: inout some RandomNumberGenerator, depth: Int) -> String {
        func pick(_ texts: [String]) -> String { texts.randomElement(using: &random) ?? "" }
        if depth > 0, Int.random(in: 0..<3, using: &random) > 0 {
            let left = expression(&random, depth: depth - 1)
            if Int.random(in: 0..<4, using: &random) == 0 { return "not (\(left))" }
            return "(\(left) \(pick(["and", "or"])) \(expression(&random, depth: depth - 1)))"
        }
        let signs = ["=", "!=", "<", "<=", ">", ">="]
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return "status \(pick(["=", "!="])) \(pick(["finished", "failed", "killed", "crashed"]))"
        case 1: return "status \(pick(["in", "not in"])) [finished, \(pick(["failed", "pruned"]))]"
        case 2: return "tag \(pick(["=", "!="])) \(pick(["baseline", "'Base two'", "none"]))"
        case 3:
            return
                "\(pick(["tag", "name", "label"])) \(pick(["contains", "not contains"])) \(pick(["BASE", "run", "x", "2"]))"
        case 4: return "model.depth \(pick(signs)) \(pick(["0", "2", "2.5", "4", "-1"]))"
        case 5: return "rate \(pick(signs)) \(pick(["1e-4", "0.5", "3", "0.0001"]))"
        case 6:
            return "label \(pick(["=", "!=", "in"])) ".replacing("in ", with: "in [5, ")
                + pick(["5", "adam", "'5'"])
        case 7:
            return
                "\(pick(["val/loss", "max:val/loss"])) \(pick(signs)) \(pick(["1", "-0.5", "2.5", "inf", "1e9"]))"
        case 8:
            return "\(pick(["val/loss", "rate", "label", "name", "tag"])) is \(pick(["", "not "]))undefined"
        default: return "started \(pick(["<", ">"])) \(pick(["1h", "1000h"]))"
        }
    }

    @Test func randomFiltersAgreeWithAPlainEvaluation() throws {
        let folder = TemporaryFolder()
        let (workspace, facts) = try Self.workspace(folder)
        var random = SeededGenerator(state: 7)
        var found: Set<Int> = []
        let now = Date()
        for _ in 0..<400 {
            var text = Self.expression(&random, depth: 3)
            // A list that the generator opened ends where its value does.
            text = text.replacing(/\[5, ('5'|5|adam)(?!\])/, with: { "[5, \($0.output.1)]" })
            let filter = try FilterExpression(text)
            let expected = facts.filter { Self.holds(filter.root, $0.value, now: now) }.keys.sorted()
            let listed = try workspace.list(RunQuery(filter: text), now: now).rows.map(\.run)
            #expect(listed == expected, "\(text)")
            found.insert(listed.count)
        }
        #expect(found.count > 15, "the filters choose all kinds of subsets: \(found.sorted())")
    }

    @Test func valuesThatAreNoNumbers() throws {
        let folder = TemporaryFolder()
        let (workspace, facts) = try Self.workspace(folder)
        func list(_ filter: String) throws -> [Run.ID] {
            try workspace.list(RunQuery(filter: filter)).rows.map(\.run)
        }
        let diverged = facts.filter { $0.value.numbers["val/loss"]?.isNaN == true }.keys.sorted()
        #expect(!diverged.isEmpty)
        #expect(try list("val/loss = nan") == diverged)
        let logged = facts.filter { $0.value.numbers["val/loss"] != nil }.keys.sorted()
        #expect(try list("val/loss != nan") == logged.filter { !diverged.contains($0) })
        #expect(try list("val/loss is not undefined") == logged)
        #expect(throws: FilterError.self) { try list("val/loss < nan") }
    }

    @Test(
        arguments: [
            ("status = finishd", "status = ", "finishd", "did you mean 'finished'?"),
            ("val/loss < low", "val/loss < ", "low", "expected a number"),
            ("label < adam", "label < ", "adam", "compares numbers"),
            ("name > a", "name > ", "a", "texts are compared"),
            ("tag < a", "tag < ", "a", "tags are compared"),
            ("started > soon", "started > ", "soon", "expected a time"),
            ("duration > x", "duration > ", "x", "expected a time span"),
            ("pinned = maybe", "pinned = ", "maybe", "true or false"),
            ("run = seven", "run = ", "seven", "expected a run"),
            ("val/loss contains 1", "", "val/loss", "is no text"),
        ] as [(String, String, String, String)])
    func valuesThatDoNotFit(text: String, before: String, meant: String, reason: String) throws {
        let folder = TemporaryFolder("fit\(text.hashValue)")
        let (workspace, _) = try Self.workspace(folder)
        let error = try #require(throws: FilterError.self) { try workspace.list(RunQuery(filter: text)) }
        #expect(error.kind == .syntax && error.range == before.count..<before.count + meant.count, "\(error)")
        #expect(error.reason.contains(reason), "\(error)")
    }

    @Test func unknownNamesGetTheNearest() throws {
        let folder = TemporaryFolder()
        let (workspace, _) = try Self.workspace(folder)
        for (text, nearest) in [
            ("a.b = 1 or model.dept = 2", "model.depth"), ("valloss < 1", "val/loss"),
            ("statu = finished", "status"),
            ("param:rat = 1", "rate"), ("metric:val/los < 1", "val/loss"), ("best:val/los < 1", "val/loss"),
            ("attr:nme = x", "name"),
        ] {
            let part = text.hasPrefix("a.b") ? "name = x or model.dept = 2" : text
            let error = try #require(throws: FilterError.self) { try workspace.list(RunQuery(filter: part)) }
            #expect(error.kind == .unknownName && error.reason.contains(nearest), "\(error)")
        }
        let column = try #require(throws: FilterError.self) {
            try workspace.list(RunQuery(columns: ["val/los"]))
        }
        #expect(column.reason.contains("val/loss"))
        let key = try #require(throws: FilterError.self) { try workspace.list(RunQuery(order: ["-val/los"])) }
        #expect(key.range == 1..<8)
    }
}

/// A small generator with a fixed start, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}
