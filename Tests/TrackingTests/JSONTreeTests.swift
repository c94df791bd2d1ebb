import Testing

@testable import Tracking

@Suite struct JSONTreeTests {
    @Test(arguments: [
        #"{"a":[1,2.5,-3],"b":{"c":"x\"\n","d":null},"e":true}"#,
        #"[18446744073709551615,9223372036854775807,1e-07]"#, #""ü€""#, "[]", "{}",
    ])
    func textReadsBackToItself(text: String) throws {
        #expect(try JSONTree(parsing: text).text() == text)
    }

    @Test func numbersThatJSONLacksBecomeStrings() {
        let tree = JSONTree.array([.number(.nan), .number(.infinity), .number(-.infinity), .number(2)])
        #expect(tree.text() == #"["nan","inf","-inf",2]"#)
    }

    @Test func prettyTextIsIndentedAndSorted() {
        let tree = JSONTree.object(["b": .array([.integer(1)]), "a": .object([:])])
        #expect(tree.text(pretty: true) == "{\n  \"a\": {},\n  \"b\": [\n    1\n  ]\n}")
    }

    @Test func listsOfObjectsAreEnteredByIndex() throws {
        let tree = try JSONTree(parsing: #"{"losses":[{"kind":"l1"},{"kind":"stft"}],"sizes":[1,2],"x":{}}"#)
        #expect(tree.flattened().map(\.key) == ["losses.0.kind", "losses.1.kind", "sizes", "x"])
    }
}
