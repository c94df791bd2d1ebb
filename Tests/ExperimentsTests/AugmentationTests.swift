import Audio
import Foundation
import StrictJSON
import Tensor
import Testing

@testable import Experiments

@Suite struct AugmentationTests {
    private func dataset(_ effects: String, _ settings: String...) throws -> (any Dataset, ExperimentConfig) {
        var document = try JSONDocument("{}", file: "test")
        try document.apply(Override("augmentation=\(effects)"))
        for setting in settings { try document.apply(Override(setting)) }
        let config = try document.decode(ExperimentConfig.self)
        let base = try config.dataset.item.make(sampleRate: config.audio.sampleRate)
        return (AugmentedDataset.make(base, config.augmentation, sampleRate: config.audio.sampleRate), config)
    }

    private static let kinds = AugmentationRegistry.kinds.map { $0.kind }

    /// Each effect alone: lengths, finite samples, the target changed or not as the effect says, equal bits again.
    @Test(arguments: kinds) func effectsDoWhatTheySay(kind: String) throws {
        let (plain, _) = try dataset("[]")
        let (changed, _) = try dataset("[{\"kind\": \"\(kind)\", \"probability\": 1}]")
        let augmented = try #require(changed as? AugmentedDataset)
        var differs = false
        for index in 0..<4 {
            let before = try plain.trainingPair(seed: 5, index: index, samples: 12000)
            let (after, original, drawn) = try augmented.augmented(seed: 5, index: index, samples: 12000)
            #expect(after.clean.count == 12000 && after.degraded.count == 12000)
            #expect((after.clean + after.degraded).allSatisfy { $0.isFinite && abs($0) <= 1 })
            #expect(drawn[kind] != nil)
            let type = try #require(AugmentationRegistry.type(of: kind) as? any AugmentationConfig.Type)
            if type.target == .input {
                #expect(original.clean == before.clean)
                let peak = before.clean.map { abs($0) }.max() ?? 0
                let gain = peak > 0 ? (after.clean.map { abs($0) }.max() ?? 0) / peak : 1
                let same = zip(after.clean, before.clean).allSatisfy { abs($0 - gain * $1) < 1e-5 }
                #expect(same, "\(kind) changed the target")
            }
            differs = differs || after.degraded != before.degraded
            let again = try changed.trainingPair(seed: 5, index: index, samples: 12000)
            #expect(again.degraded == after.degraded && again.clean == after.clean)
        }
        #expect(differs, "\(kind) changed nothing")
    }

    @Test func nothingIsChangedInValidationAndTest() throws {
        let (plain, _) = try dataset("[]", "dataset.test_items=4", "dataset.validation_items=4")
        let (changed, _) = try dataset(
            "[{\"kind\": \"gain\"}, {\"kind\": \"noise\", \"probability\": 1}]", "dataset.test_items=4",
            "dataset.validation_items=4")
        #expect(plain.testHash == changed.testHash && plain.trainingHash != changed.trainingHash)
        for split in EvaluationSplit.allCases {
            #expect(plain.items(split) == changed.items(split))
            for item in plain.items(split) {
                #expect(try plain.pair(item, of: split).degraded == changed.pair(item, of: split).degraded)
            }
        }
    }

    /// Effects in a row give the length that is wanted, whichever of them take part.
    @Test func lengthsPassThroughAChain() throws {
        let (changed, _) = try dataset(
            """
            [{"kind": "time_stretch", "probability": 0.5, "rate": [0.5, 2]}, {"kind": "pitch_shift"},
             {"kind": "time_stretch", "probability": 0.5, "rate": [0.8, 1.3]}, {"kind": "remix"}]
            """)
        for index in 0..<12 {
            let pair = try changed.trainingPair(seed: 1, index: index, samples: 7001)
            #expect(pair.clean.count == 7001 && pair.degraded.count == 7001)
        }
    }

    /// A remix is the own target with another example's noise: what is added does not depend on the target.
    @Test func remixTakesTheNoiseOfAnother() throws {
        let (changed, _) = try dataset("[{\"kind\": \"remix\", \"probability\": 1}]")
        let (plain, _) = try dataset("[]")
        let pair = try changed.trainingPair(seed: 3, index: 0, samples: 8000)
        let own = try plain.trainingPair(seed: 3, index: 0, samples: 8000)
        let noise = zip(pair.degraded, pair.clean).map { $0 - $1 }
        let ownNoise = zip(own.degraded, own.clean).map { $0 - $1 }
        #expect(noise != ownNoise && noise.contains { $0 != 0 })
    }

    @Test func impulseFoldersAreUsedAndMissed() throws {
        let folder = try Miniature.Folder()
        // Direct sound after 100 samples and one echo: aligned, the echo comes 50 samples later.
        var response = [Float](repeating: 0, count: 400)
        (response[100], response[150]) = (0.8, 0.4)
        try AudioFile.write(
            Waveform(sampleRate: 16000, mono: response), to: folder.url.appending(path: "room.wav"),
            format: AudioFormat(.wav, .float32))
        let (changed, _) = try dataset(
            "[{\"kind\": \"room\", \"probability\": 1, \"impulses\": \"\(folder.url.path)\"}]")
        let (plain, _) = try dataset("[]")
        let pair = try changed.trainingPair(seed: 2, index: 0, samples: 9000)
        let own = try plain.trainingPair(seed: 2, index: 0, samples: 9000)
        let gain = pair.clean[4000] / own.clean[4000]
        let close = (1000..<9000).allSatisfy {
            abs(pair.degraded[$0] - gain * (own.degraded[$0] + 0.5 * own.degraded[$0 - 50])) < 1e-3
        }
        #expect(close)
        let (missing, _) = try dataset(
            "[{\"kind\": \"room\", \"probability\": 1, \"impulses\": \"/nowhere\"}]")
        #expect(throws: ExperimentError.self) { try missing.trainingPair(seed: 1, index: 0, samples: 100) }
    }

    @Test func wrongKeysAreExplained() {
        func message(_ effects: String) -> String {
            do {
                _ = try dataset(effects)
                return "accepted"
            } catch { return "\(error)" }
        }
        #expect(message("[{\"kind\": \"time_strech\"}]").contains("did you mean \"time_stretch\""))
        #expect(message("[{\"kind\": \"gain\", \"decibel\": [0, 1]}]").contains("did you mean \"decibels\""))
        #expect(message("[{\"kind\": \"gain\", \"decibels\": [0, 100]}]").contains("accepted"))
        #expect(message("[{\"kind\": \"gain\", \"probability\": 2}]").contains("out of range"))
    }

    /// A simulated phone in the config makes one class of items, and says what was drawn for each.
    @Test func simulatedPhonesAreAClassOfTheirOwn() throws {
        let (plain, _) = try dataset("[]", "dataset.test_items=4")
        let (simulated, _) = try dataset("[]", "dataset.test_items=4", "dataset.simulation={}")
        #expect(plain.testHash != simulated.testHash)
        #expect(simulated.items(.test).allSatisfy { $0.category == "S" })
        let item = try #require(simulated.items(.test).first)
        let record = try #require(try simulated.pair(item, of: .test).record)
        #expect(record.json["low_cut"] != nil && record.json["class"] == "S")
        #expect(try plain.pair(#require(plain.items(.test).first), of: .test).record?.json["class"] == "N")
    }
}
