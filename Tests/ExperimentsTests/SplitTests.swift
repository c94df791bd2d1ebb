import Audio
import Foundation
import StrictJSON
import Testing

@testable import Experiments

@Suite("Splits")
struct SplitTests {
    private func items(_ names: [String], voice: (String) -> String = { _ in "" }) -> [SplitRule.Item] {
        names.map { .init(name: $0, shortName: $0, voice: voice($0), fixed: nil) }
    }

    private func parts(_ rule: SplitRule, _ items: [SplitRule.Item], list: SplitList? = nil) throws
        -> [String: DataSplit]
    {
        Dictionary(uniqueKeysWithValues: zip(items.map(\.name), try rule.assign(items, list: list)))
    }

    @Test func newFilesMoveNoOldOnes() throws {
        let names = (0..<200).map { "take_\($0)" }
        let rule = SplitRule()
        let before = try parts(rule, items(Array(names.prefix(100))))
        let after = try parts(rule, items(names))
        for (name, part) in before { #expect(after[name] == part, "\(name)") }
        let tests = after.values.filter { $0 == .test }.count
        // Binomial, 200 draws of 1 in 10: four standard deviations.
        #expect(abs(tests - 20) <= 17)
    }

    @Test func everyPartOfASmallSetHasSomething() throws {
        for count in 3...12 {
            let parts = try parts(SplitRule(), items((0..<count).map { "x\($0)" }))
            #expect(Set(parts.values) == Set(DataSplit.allCases), "\(count) files")
        }
        #expect(Set(try parts(SplitRule(), items(["a", "b"])).values).count <= 2)
    }

    @Test func voicesStayTogether() throws {
        var rule = SplitRule()
        rule.by = .voice
        rule.every = 3
        let names = (0..<60).map { "v\($0 % 6)_\($0)" }
        let items = items(names) { String($0.prefix(2)) }
        let parts = try parts(rule, items)
        for voice in 0..<6 {
            #expect(Set(names.filter { $0.hasPrefix("v\(voice)") }.map { parts[$0] }).count == 1)
        }
        rule.test = ["v3"]
        rule.validation = ["v1"]
        let named = try self.parts(rule, items)
        #expect(named.filter { $0.value == .test }.keys.allSatisfy { $0.hasPrefix("v3") })
        #expect(named.filter { $0.value == .test }.count == 10)
        #expect(named.filter { $0.value == .validation }.count == 10)
    }

    @Test func aVoiceInTwoPartsIsRefused() throws {
        var rule = SplitRule()
        rule.by = .voice
        let items = items(["anna_1", "anna_2", "ben_1", "carl_1"]) { String($0.prefix { $0 != "_" }) }
        let list = SplitList(["anna_1": .train, "anna_2": .test])
        #expect(throws: ExperimentError.self) { try rule.assign(items, list: list) }
        rule.by = .file
        #expect(try rule.assign(items, list: list).prefix(2) == [.train, .test])
    }

    @Test func listsAreFrozen() throws {
        let folder = try Miniature.Folder()
        let path = folder.url.appending(path: "split.json").path
        let names = (0..<20).map { "take_\($0)" }
        var reversed: [String: DataSplit] = [:]
        // The opposite of what the hash says.
        for (name, part) in try parts(SplitRule(), items(names)) {
            reversed[name] = part == .train ? .test : .train
        }
        let list = SplitList(reversed)
        try list.write(to: path)
        let read = try SplitList(contentsOf: path)
        #expect(read == list && read.hash == list.hash)
        let again = try parts(SplitRule(), items(names + ["new"]), list: read)
        for name in names { #expect(again[name] == reversed[name], "\(name)") }

        let text = try String(contentsOfFile: path, encoding: .utf8)
        func refusal(_ changed: String) throws -> String {
            try Data(changed.utf8).write(to: URL(fileURLWithPath: path))
            do {
                _ = try SplitList(contentsOf: path)
                return ""
            } catch { return "\(error)" }
        }
        #expect(try refusal(text.replacing("take_3\"", with: "take_33\"")).contains("was changed"))
        #expect(try refusal(String(text.prefix(text.count / 2))).contains("split.json"))
        #expect(
            try refusal(text.replacing("\"validation\": []", with: "\"validation\": [\"take_3\"]")).contains(
                "both"))
        #expect(throws: ExperimentError.self) { try SplitList(contentsOf: path + ".gone") }
    }
}
