import StrictJSON
import Testing

@Suite struct DecodingTests {
    @Test func absentKeysKeepTheDefaults() throws {
        let config = try decodeSample("{}")
        #expect(config.json == SampleConfig().json)
        #expect(config.optimizer.learningRate == 3e-4)
        #expect(config.dataset.item.length == 7)
    }

    @Test func resolvedConfigShowsEveryKeyInDeclaredOrder() throws {
        let config = try decodeSample(
            """
            {"seed": 3.0, "epochs": 1e2, "window": "sqrt_hann", "optimizer": {"learning_rate": 1},
             "dataset": {"kind": "paired_folders", "path": "x"}, "extras": [{"kind": "synthetic"}]}
            """)
        #expect(
            config.json.compactText
                == #"{"name":"unnamed","epochs":100,"rate":16000,"window":"sqrt_hann","seed":3,"quiet":false,"#
                + #""optimizer":{"learning_rate":1,"betas":[0.9,0.999]},"stages":[{"depth":2},{"depth":3}],"#
                + #""dataset":{"kind":"paired_folders","path":"x","limit":null},"#
                + #""extras":[{"kind":"synthetic","count":100}]}"#)
        #expect(try decodeSample(config.json.prettyText).json == config.json)
    }

    @Test func objectsAreCompletedFromTheParentsDefault() throws {
        let config = try decodeSample(
            #"{"optimizer": {"betas": [0.5, 0.9]}, "dataset": {"kind": "synthetic"}}"#)
        #expect(config.optimizer.learningRate == 3e-4)
        #expect(config.dataset.item.length == 7)
        #expect(try decodeSample(#"{"dataset": {"count": 9}}"#).dataset.item.length == 9)
        #expect(try decodeSample(#"{"stages": [{}]}"#).stages.map(\.depth) == [2])
    }

    @Test(arguments: [
        ("[]", "a.json:1:1: expected an object, found an array of 0 elements"),
        (
            "{\n  \"optimizer\": {\n    \"lerning_rate\": 1\n  }\n}",
            "a.json:3:5: optimizer.lerning_rate: unknown key \"lerning_rate\"; did you mean \"learning_rate\"?"
        ),
        (
            #"{"stages": [{"levels": 1}]}"#,
            "a.json:1:14: stages.0.levels: unknown key \"levels\"; known keys: depth"
        ),
        (#"{"epochs": 2.5}"#, "a.json:1:2: epochs: expected a whole number, found the number 2.5"),
        (#"{"epochs": 1e30}"#, "a.json:1:2: epochs: expected a whole number, found the number 1e30"),
        (#"{"epochs": "9"}"#, "a.json:1:2: epochs: expected a whole number, found the string \"9\""),
        (#"{"epochs": 0}"#, "a.json:1:2: epochs: 0 is out of range; accepted: 1 to 1000"),
        (#"{"epochs": 13}"#, "a.json:1:2: epochs: 13 brings bad luck; accepted: any other number"),
        (#"{"name": 5}"#, "a.json:1:2: name: expected a string, found the number 5"),
        (#"{"quiet": null}"#, "a.json:1:2: quiet: expected true or false, found null"),
        (#"{"seed": -1}"#, "a.json:1:2: seed: -1 is out of range; accepted: at least 0"),
        (#"{"seed": {}}"#, "a.json:1:2: seed: expected a whole number, found an object"),
        (#"{"rate": 8000}"#, "a.json:1:2: rate: 8000 is not accepted; accepted: one of 16000, 48000"),
        (
            #"{"window": "han"}"#,
            "a.json:1:2: window: unknown value \"han\"; did you mean \"hann\"? "
                + "accepted: one of \"hann\", \"hamming\", \"sqrt_hann\""
        ),
        (
            #"{"optimizer": {"learning_rate": 0}}"#,
            "a.json:1:16: optimizer.learning_rate: 0 is out of range; accepted: above 0 and at most 1"
        ),
        (
            #"{"optimizer": {"betas": [0.9, 1]}}"#,
            "a.json:1:31: optimizer.betas.1: 1 is out of range; accepted: at least 0 and below 1"
        ),
        (
            #"{"optimizer": {"betas": [0.9]}}"#,
            "a.json:1:16: optimizer.betas: 1 elements are not accepted; accepted number: 2 to 2"
        ),
        (
            #"{"stages": []}"#,
            "a.json:1:2: stages: 0 elements are not accepted; accepted number: 1 to 2"
        ),
        (
            #"{"dataset": {"kind": "synthetics"}}"#,
            "a.json:1:14: dataset.kind: unknown dataset \"synthetics\"; did you mean \"synthetic\"? "
                + "dataset kinds: synthetic, paired_folders"
        ),
        (
            #"{"dataset": {"kind": "paired_folders"}}"#,
            "a.json:1:2: dataset.path: this key is required and missing (the folder)"
        ),
        (
            #"{"dataset": {"kind": "paired_folders", "path": "x", "count": 1}}"#,
            "a.json:1:53: dataset.count: unknown key \"count\"; known keys: path, limit"
        ),
        (
            #"{"extras": [{}]}"#,
            "a.json:1:13: extras.0.kind: this key is required and missing; "
                + "dataset kinds: synthetic, paired_folders"
        ),
        (
            #"{"dataset": "synthetic"}"#,
            "a.json:1:2: dataset: expected a dataset: an object whose \"kind\" is one of "
                + "\"synthetic\", \"paired_folders\", found the string \"synthetic\""
        ),
    ])
    func refusesWithPlacePathAndWhatIsAccepted(text: String, expected: String) {
        #expect(decodingError(text) == expected)
    }

    @Test func errorsStayOnOneLine() throws {
        let key = "a\\nb" + String(repeating: "x", count: 1000)
        let text = try #require(decodingError(#"{"\#(key)": 1}"#))
        #expect(!text.contains("\n"))
        #expect(text.count < 400)
    }

    @Test func everyDefaultIsItselfAccepted() throws {
        #expect(try SampleConfig.decode(SampleConfig().json, at: "", onto: nil).json == SampleConfig().json)
    }

    @Test func helpListsEveryKeyWithDefaultAndRange() {
        let lines = SampleConfig.descriptions.map {
            "\($0.path) | \($0.typeName) | \($0.defaultValue?.compactText ?? "required") | \($0.accepted)"
        }
        #expect(lines.contains("epochs | a whole number | 10 | 1 to 1000"))
        #expect(lines.contains("seed | a whole number or null | null | at least 0"))
        #expect(lines.contains("optimizer.learning_rate | a number | 0.0003 | above 0 and at most 1"))
        #expect(SampleDatasets.descriptions.map(\.kind) == ["synthetic", "paired_folders"])
        #expect(SampleDatasets.descriptions.last?.fields.first?.defaultValue == nil)
    }

    @Test func nearestNameAllowsAThirdOfTheLetters() {
        let names = ["learning_rate", "epochs", "depth"]
        #expect(nearestName(to: "leanring_rate", among: names) == "learning_rate")
        #expect(nearestName(to: "Epoch", among: names) == "epochs")
        #expect(nearestName(to: "dpeth", among: names) == "depth")
        #expect(nearestName(to: "window", among: names) == nil)
        #expect(nearestName(to: "", among: names) == nil)
        #expect(nearestName(to: String(repeating: "e", count: 100_000), among: names) == nil)
    }
}
