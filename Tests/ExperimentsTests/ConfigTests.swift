import Foundation
import StrictJSON
import Testing

@testable import Experiments

@Suite("Experiment configs")
struct ConfigTests {
    private func decode(_ text: String) throws -> ExperimentConfig {
        try JSONDocument(text, file: "a.json").decode(ExperimentConfig.self)
    }

    private func refusal(_ text: String) -> String {
        do {
            _ = try decode(text)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func anEmptyObjectIsTheDefault() throws {
        #expect(try decode("{}").json.canonicalText == ExperimentConfig().json.canonicalText)
    }

    @Test func theResolvedConfigDescribesItself() throws {
        let text = """
            {"seed": 7, "dataset": {"kind": "paired_folders", "path": "x"}, "model": {"stage2": null},
             "losses": [{"kind": "log_mel", "stage": "first", "weight": 2}], "task": {"kind": "supervised"}}
            """
        let config = try decode(text)
        #expect(config.model.stage2 == nil)
        #expect(config.task.kind == "supervised")
        #expect(try decode(config.json.prettyText).json.canonicalText == config.json.canonicalText)
    }

    @Test func mistakesAreNamed() {
        #expect(refusal(#"{"optimizer": {"lerning_rate": 1}}"#).contains(#"did you mean "learning_rate"?"#))
        #expect(refusal(#"{"dataset": {"kind": "synthetik"}}"#).contains(#"did you mean "synthetic"?"#))
        #expect(refusal(#"{"losses": []}"#).contains("losses"))
        #expect(refusal(#"{"audio": {"mel_bands": 60}}"#).contains("multiples of 32"))
        #expect(refusal(#"{"training": {"clip_frames": 100}}"#).contains("multiples of 32"))
        #expect(refusal(#"{"audio": {"hop_length": 400}}"#).contains("half of fft_size"))
        #expect(
            refusal(#"{"model": {"stage2": null}, "losses": [{"kind": "log_mel", "stage": "second"}]}"#)
                .contains("no second stage"))
        #expect(refusal(#"{"training": {"steps": 0}}"#).contains("training.steps"))
    }

    @Test func nameAndSeedDoNotChangeTheGroup() throws {
        func hash(_ text: String) throws -> String {
            try decode(text).json.stableHash(leavingOut: ExperimentConfig.pathsOutsideGroup)
        }
        #expect(try hash(#"{"name": "a", "seed": 1}"#) == hash(#"{"name": "b", "seed": 2}"#))
        #expect(try hash("{}") != hash(#"{"optimizer": {"learning_rate": 0.01}}"#))
    }

    @Test func learningRateWarmsUpAndDecays() {
        var optimizer = OptimizerConfig()
        optimizer.warmupSteps = 10
        let rates = (0..<100).map { optimizer.learningRate(step: $0, of: 100) }
        #expect(abs(rates[0] - optimizer.learningRate / 10) < 1e-12)
        #expect(abs(rates[9] - optimizer.learningRate) < 1e-12)
        #expect(zip(rates[10...], rates[11...]).allSatisfy { $0 >= $1 })
        #expect(rates[99] < 0.03 * optimizer.learningRate)
    }
}
