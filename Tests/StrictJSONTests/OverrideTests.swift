import StrictJSON
import Testing

@Suite struct OverrideTests {
    @Test func setsValuesAtAnyDepth() throws {
        let config = try decodeSample(
            #"{"stages": [{"depth": 1}, {"depth": 2}]}"#, "stages.1.depth=5", "optimizer.learning_rate=1e-2",
            "window=hamming", "quiet=true", "seed=4", "dataset.count=3", "epochs=2", "epochs=3")
        #expect(config.stages.map(\.depth) == [1, 5])
        #expect(config.optimizer.learningRate == 0.01)
        #expect(config.window == .hamming)
        #expect(config.isQuiet)
        #expect(config.seed == 4)
        #expect(config.dataset.item.length == 3)
        #expect(config.epochs == 3)
    }

    @Test func textThatLooksLikeANumberCanBeAString() throws {
        #expect(try decodeSample("{}", "name=2024").name == "2024")
        #expect(try decodeSample("{}", "name=1.50").name == "1.50")
        #expect(try decodeSample("{}", "name=true").name == "true")
        #expect(try decodeSample("{}", "name=a=b c").name == "a=b c")
        let twice = try decodeSample(
            #"{"dataset": {"kind": "paired_folders"}}"#, "name=1", "dataset.path=2")
        #expect(twice.name == "1")
        #expect((twice.dataset.component as? FolderDataset)?.path == "2")
    }

    @Test(arguments: [
        (
            "epochs",
            "--set epochs: there is no \"=\"; accepted: path=value, as in optimizer.learning_rate=3e-4"
        ),
        (
            "a..b=1",
            "--set a..b=1: a part of the path is empty; accepted: path=value, as in optimizer.learning_rate=3e-4"
        ),
        (
            "=1",
            "--set =1: a part of the path is empty; accepted: path=value, as in optimizer.learning_rate=3e-4"
        ),
        ("epochs=0", "--set epochs=0: epochs: 0 is out of range; accepted: 1 to 1000"),
        (
            "epoch=3",
            "--set epoch=3: epoch: unknown key \"epoch\"; did you mean \"epochs\"?"
        ),
        (
            "optimizer.rate.x=3",
            "--set optimizer.rate.x=3: optimizer.rate: unknown key \"rate\"; known keys: learning_rate, betas"
        ),
        (
            "epochs.x=3",
            "--set epochs.x=3: epochs: the number 2 has no members, so \"x\" cannot be set"
        ),
        (
            "stages.2.depth=3",
            "--set stages.2.depth=3: stages.2: no such element of an array of 2 elements; accepted: 0 to 1"
        ),
        ("name={}", "--set name={}: name: expected a string, found an object"),
    ])
    func namesTheArgumentThatIsToBlame(argument: String, expected: String) {
        let text = #"{"epochs": 2, "stages": [{}, {}]}"#
        #expect(decodingError(text, argument) == expected)
    }

    @Test func otherErrorsKeepTheirPlaceInTheFile() {
        #expect(
            decodingError(#"{"rate": 1}"#, "epochs=3")
                == "a.json:1:2: rate: 1 is not accepted; accepted: one of 16000, 48000")
    }
}
