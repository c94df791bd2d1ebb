import StrictJSON
import Testing

@Suite struct WritingTests {
    @Test func canonicalTextSortsKeysByTheirBytes() {
        let value: JSONValue = [
            "b": [1, 2.5, .null], "a": ["z": true, "Z": "x\u{1}\"\n"], "é": [:], "aa": [],
        ]
        #expect(
            value.canonicalText
                == #"{"a":{"Z":"x\u0001\"\n","z":true},"aa":[],"b":[1,2.5,null],"é":{}}"#)
    }

    @Test func prettyTextKeepsTheDeclaredOrder() {
        let value: JSONValue = [
            "name": "first", "sizes": [16, 32], "none": [], "empty": [:],
            "stages": [["depth": 3], ["depth": 4]],
        ]
        #expect(
            value.prettyText == """
                {
                  "name": "first",
                  "sizes": [16, 32],
                  "none": [],
                  "empty": {},
                  "stages": [
                    {
                      "depth": 3
                    },
                    {
                      "depth": 4
                    }
                  ]
                }
                """)
    }

    @Test(arguments: [
        (3.0, "3"), (-0.0, "-0"), (0.1, "0.1"), (1e-5, "1e-5"), (1.5e-7, "1.5e-7"), (1e20, "1e20"),
        (1e15, "1000000000000000"), (0x1p53, "9007199254740992"), (1.25e300, "1.25e300"), (.nan, "null"),
        (.infinity, "null"), (1e100, "1e100"), (1e-10, "1e-10"),
    ])
    func writesNumbersInTheShortestForm(number: Double, expected: String) {
        #expect(JSONValue.number(number).canonicalText == expected)
    }

    @Test func everyFiniteNumberReadsBackAsItself() throws {
        var random = Bits(state: 5)
        for _ in 0..<20_000 {
            let number = Double(bitPattern: random.next())
            guard number.isFinite else { continue }
            let text = JSONValue.number(number).canonicalText
            let back = try JSONValue(parsing: text).doubleValue
            #expect(back?.bitPattern == number.bitPattern, "\(text)")
        }
    }

    @Test(arguments: [
        "18446744073709551615", "9223372036854775808", "9223372036854775807", "-9223372036854775808",
    ])
    func wholeNumbersOf64BitsAreExact(text: String) throws {
        #expect(try JSONValue(parsing: text).canonicalText == text)
    }

    @Test func canonicalTextIsAFixedPoint() throws {
        let text = #"{"b": [1.0, 1e2, "\u0041\/"], "a": {"y": -0.0, "x": 1E-9}}"#
        let value = try JSONValue(parsing: text)
        #expect(value.canonicalText == #"{"a":{"x":1e-9,"y":-0},"b":[1,100,"A/"]}"#)
        #expect(try JSONValue(parsing: value.canonicalText) == value)
        #expect(try JSONValue(parsing: value.prettyText) == value)
        #expect(try JSONValue(parsing: value.compactText) == value)
    }

    @Test func flattensToLeavesWithPaths() {
        let value: JSONValue = [
            "b": [1, ["x": "y"]], "a": .null, "sizes": [1, 2], "pairs": [[3, 4]], "none": [], "empty": [:],
        ]
        let lines = value.flatten().map { "\($0.path)=\($0.value.canonicalText)" }
        #expect(
            lines == [
                "b.0=1", "b.1.x=\"y\"", "a=null", "sizes=[1,2]", "pairs.0=[3,4]", "none=[]", "empty={}",
            ])
        #expect(JSONValue.integer(3).flatten().map(\.path) == [""])
    }

    @Test func hashIsThatOfTheCanonicalText() {
        // FNV-1a-64 of "" would be the offset basis; these are of {} and {"a":1}, from an independent program.
        #expect(JSONValue.object([:]).stableHash() == "08f44b07b5901a25")
        let value: JSONValue = ["a": 1.0, "name": "x", "run": ["threads": 2]]
        #expect(value.stableHash(leavingOut: ["name", "run", "no.such"]) == "9c3e82dd6fcae8b1")
        #expect(value.removing(["run.threads"]) == ["a": 1, "name": "x", "run": [:]])
    }

    @Test func valuesAreReachedByPath() {
        let value: JSONValue = ["stages": [["depth": 3.0]], "name": "x"]
        #expect(value["stages.0.depth" as JSONPath]?.intValue == 3)
        #expect(value["stages"]?[0]?["depth"]?.doubleValue == 3)
        #expect(value["stages.1.depth" as JSONPath] == nil)
        #expect(value["name.x" as JSONPath] == nil)
        #expect(value["" as JSONPath] == value)
    }

    @Test func equalNumbersHashAlike() {
        #expect(JSONValue.integer(3) == .number(3))
        #expect(Set<JSONValue>([3, 3.0, .number(3.5)]).count == 2)
        #expect(JSONValue.integer(.max) != .number(0x1p63))
        #expect(Set<JSONValue>([JSONValue(1 << 63 as UInt64), .number(0x1p63)]).count == 1)
        #expect(Set<JSONValue>([.unsigned(3), 3, .number(3)]).count == 1)
        #expect(JSONValue(UInt64.max) != .number(0x1p64))
    }
}
