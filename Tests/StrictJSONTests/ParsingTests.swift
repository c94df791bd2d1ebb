import StrictJSON
import Testing

@Suite struct ParsingTests {
    @Test(
        arguments: [
            ("null", JSONValue.null), (" true\n", true), ("false", false),
            ("0", 0), ("-0", 0), ("-12", -12), ("3.0", 3), ("1e3", 1000), ("0.5", 0.5), ("-2.5E-3", -0.0025),
            ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number(0x1p63)),
            ("18446744073709551615", .unsigned(.max)), ("18446744073709551616", .number(0x1p64)),
            ("5e-324", .number(.leastNonzeroMagnitude)), ("1e-400", .number(0)),
            (#""""#, ""), (#""a\"\\\/\b\f\n\r\t\u00e9""#, "a\"\\/\u{8}\u{c}\n\r\té"),
            (#""\ud83c\udfb5 🎵 \u0000""#, "🎵 🎵 \0"),
            ("[]", []), ("[ 1 , [2] ,{}]", [1, [2], [:]]),
            (#"{"b":1,"a":{"c":null}}"#, ["b": 1, "a": ["c": .null]]),
        ] as [(String, JSONValue)])
    func acceptsWhatTheGrammarAccepts(text: String, expected: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == expected)
    }

    @Test(arguments: [
        ("", "1:1: a value is missing: the text ends"),
        ("{", "1:2: expected a member name in double quotes, found the end of the text"),
        ("[1,2", "1:5: expected \",\" or \"]\", found the end of the text"),
        ("[1,\n 2,\n]", "2:3: a comma before \"]\" is not JSON"),
        ("{\"a\": 1,}", "1:8: a comma before \"}\" is not JSON"),
        ("{\"é\": 1, \"é\": 2}", "1:10: é: the key \"é\" appears twice in this object"),
        ("{\"a\": {\"b\": [0, 01]}}", "1:17: a.b.1: a number does not start with 0"),
        ("{\"a\" 1}", "1:6: a: expected \":\" after the member name, found \"1\""),
        ("{a: 1}", "1:2: expected a member name in double quotes, found \"a\""),
        ("// x\n1", "1:1: expected a value, found \"/\" (JSON has no comments)"),
        ("1 # x", "1:3: the document ends here, but \"#\" (JSON has no comments) follows"),
        ("[1] [2]", "1:5: the document ends here, but \"[\" follows"),
        (
            "NaN",
            "1:1: \"NaN\" is not a JSON value; strings take double quotes, words are true, false, null"
        ),
        (
            "[True]",
            "1:2: 0: \"True\" is not a JSON value; strings take double quotes, words are true, false, null"
        ),
        ("-Infinity", "1:2: a number needs digits, found \"I\""),
        ("+1", "1:1: expected a value, found \"+\""),
        (".5", "1:1: expected a value, found \".\""),
        ("1.", "1:3: the fraction of a number needs digits, found the end of the text"),
        ("1e+", "1:4: the exponent of a number needs digits, found the end of the text"),
        ("1e400", "1:1: the number 1e400 is too large"),
        ("\"a", "1:1: the string that starts here is not closed"),
        ("\"a\nb\"", "1:1: the string that starts here is not closed on its line"),
        (
            "\"a\tb\"",
            "1:3: a string holds the control byte 0x9; write it as an escape such as \\n or \\u0009"
        ),
        ("\"\\x\"", "1:2: an unknown escape; accepted: \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"),
        ("\"\\u12g4\"", "1:2: \\u needs four hexadecimal digits"),
        ("\"\\ud83c\"", "1:2: half of a surrogate pair; write both halves, as in \\ud83c\\udfb5"),
        ("\"\\udfb5\"", "1:2: half of a surrogate pair; write both halves, as in \\ud83c\\udfb5"),
        ("\"\\ud83c\\u0041\"", "1:2: half of a surrogate pair; write both halves, as in \\ud83c\\udfb5"),
        ("\u{feff}1", "1:1: the text starts with a byte order mark; save it as UTF-8 without one"),
    ])
    func refusesWithPlaceAndReason(text: String, expected: String) {
        #expect(parsingError(Array(text.utf8)) == expected)
    }

    @Test func refusesInvalidUTF8() {
        #expect(parsingError([0x22, 0xff, 0x22]) == "1:1: this string is not valid UTF-8")
        // An overlong slash and an encoded surrogate are not UTF-8 either.
        #expect(parsingError([0x22, 0xc0, 0xaf, 0x22]) == "1:1: this string is not valid UTF-8")
        #expect(parsingError([0x22, 0xed, 0xa0, 0x80, 0x22]) == "1:1: this string is not valid UTF-8")
    }

    @Test func nestsToTheLimitAndNoFurther() throws {
        let deepest = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        _ = try JSONValue(parsing: deepest)
        let tooDeep = Array(String(repeating: "[", count: 1_000_000).utf8)
        let error = try #require(parsingError(tooDeep))
        #expect(error.hasPrefix("1:65: 0.0."))
        #expect(error.hasSuffix(": nested deeper than 64 levels"))
    }

    @Test func namesTheFileAndWhatIsWrongWithIt() throws {
        let missing = #expect(throws: JSONError.self) { try JSONDocument(contentsOf: "no/such.json") }
        #expect(missing?.kind == .notFound)
        #expect(missing?.description == "no/such.json: there is no such file")
        let folder = #expect(throws: JSONError.self) { try JSONDocument(contentsOf: "/") }
        #expect(folder?.kind == .unreadable)
        #expect(folder?.description == "/: the file cannot be read: Is a directory")
        let endless = #expect(throws: JSONError.self) { try JSONDocument(contentsOf: "/dev/zero") }
        #expect(endless?.description == "/dev/zero: larger than 64 MiB, the limit for JSON files")
        let wrong = #expect(throws: JSONError.self) { try JSONDocument("{\n  x", file: "a.json") }
        #expect(wrong?.description == "a.json:2:3: expected a member name in double quotes, found \"x\"")
    }
}

/// The text of the error that parsing gives; `nil` if it gives none.
func parsingError(_ bytes: [UInt8]) -> String? {
    do {
        _ = try JSONValue(parsing: bytes)
        return nil
    } catch {
        return error.description
    }
}
