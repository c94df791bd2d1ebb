import Audio
import Foundation
import StrictJSON
import Testing

@testable import Experiments

@Suite("Datasets")
struct DatasetTests {
    private func folders(_ folder: Miniature.Folder, _ changes: String...) throws -> any Dataset {
        var document = try JSONDocument(#"{"kind": "paired_folders", "path": "\#(folder.url.path)"}"#)
        for change in changes { try document.apply(Override(change)) }
        return try document.decode(Choice<DatasetRegistry>.self).item.make(sampleRate: 8000)
    }

    private func refusal(_ folder: Miniature.Folder, _ changes: String...) -> String {
        do {
            var document = try JSONDocument(#"{"kind": "paired_folders", "path": "\#(folder.url.path)"}"#)
            for change in changes { try document.apply(Override(change)) }
            _ = try document.decode(Choice<DatasetRegistry>.self).item.make(sampleRate: 8000)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func syntheticItemsDependOnTheirKeyAlone() throws {
        let config = SyntheticDatasetConfig()
        let (a, b) = (try config.make(sampleRate: 8000), try config.make(sampleRate: 8000))
        _ = try b.trainingPair(seed: 1, index: 9, samples: 8000)
        let (p, q) = (
            try a.trainingPair(seed: 1, index: 4, samples: 8000),
            try b.trainingPair(seed: 1, index: 4, samples: 8000)
        )
        #expect(p.clean == q.clean && p.degraded == q.degraded)
        #expect(p.clean.count == 8000 && p.degraded.count == 8000)
        #expect(try a.trainingPair(seed: 2, index: 4, samples: 8000).clean != p.clean)
        let items = a.items(.test)
        #expect(Set(items.map(\.name)).count == config.testItems)
        #expect(Set(items.map(\.category)) == ["N", "P", "R", "A"])
        let first = try a.pair(items[0], of: .test)
        let again = try b.pair(items[0], of: .test)
        #expect(first.clean == again.clean)
    }

    @Test func testHashFollowsTheTestListAlone() throws {
        var config = SyntheticDatasetConfig()
        let before = try config.make(sampleRate: 8000)
        config.snrMinimum = 0
        let training = try config.make(sampleRate: 8000)
        #expect(training.testHash == before.testHash)
        #expect(training.trainingHash != before.trainingHash)
        config.testItems = 8
        #expect(try config.make(sampleRate: 8000).testHash != before.testHash)
    }

    @Test func pairsAreSplitWithoutOverlap() throws {
        let folder = try Miniature.Folder()
        try Miniature.pairs(in: folder.url, count: 10)
        let dataset = try folders(folder)
        let (test, validation) = (dataset.items(.test).map(\.name), dataset.items(.validation).map(\.name))
        #expect(!test.isEmpty && !validation.isEmpty)
        #expect(Set(test).isDisjoint(with: validation))
        #expect(dataset.trainingCount == 10 - test.count - validation.count)
        #expect(dataset.items(.test).allSatisfy { $0.name.hasSuffix("_" + $0.category) })
        let clip = try dataset.trainingPair(seed: 1, index: 0, samples: 4000)
        #expect(clip.clean.count == 4000)
        // Longer than the recordings: silence around them.
        let long = try dataset.trainingPair(seed: 1, index: 0, samples: 12_000)
        #expect(long.clean.count == 12_000 && long.degraded.count == 12_000)
    }

    @Test func splitsCanBeNamed() throws {
        let folder = try Miniature.Folder()
        try Miniature.pairs(in: folder.url, count: 5)
        let dataset = try folders(
            folder, #"dataset.test=["item_3_R"]"#.replacing("dataset.", with: ""), #"validation=["item_0_N"]"#
        )
        #expect(dataset.items(.test).map(\.name) == ["item_3_R"])
        #expect(dataset.trainingCount == 3)
        #expect(refusal(folder, #"test=["item_3_X"]"#).contains(#"did you mean "item_3_R"?"#))
    }

    @Test func otherRatesAreResampled() throws {
        let folder = try Miniature.Folder()
        try Miniature.pairs(in: folder.url, count: 5, sampleRate: 22_050)
        let dataset = try folders(folder)
        let pair = try dataset.pair(dataset.items(.test)[0], of: .test)
        #expect(pair.clean.count == 8000)
    }

    @Test func badFoldersAreExplained() throws {
        let folder = try Miniature.Folder()
        #expect(refusal(folder).contains("no such folder"))
        try Miniature.pairs(in: folder.url, count: 2)
        #expect(refusal(folder).contains("at least 3"))
        try Miniature.pairs(in: folder.url, count: 6)
        let extra = folder.url.appending(path: "clean/extra.wav")
        try AudioFile.write(Waveform(sampleRate: 8000, mono: [0, 0]), to: extra)
        #expect(refusal(folder).contains("extra"))
        try FileManager.default.removeItem(at: extra)

        let victim = folder.url.appending(path: "noisy/item_0_N.wav")
        try AudioFile.write(Waveform(sampleRate: 8000, mono: [Float](repeating: 0.1, count: 100)), to: victim)
        #expect(refusal(folder).contains("must be equally long"))
        try Data("no sound".utf8).write(to: victim)
        #expect(refusal(folder).contains("not a sound file"))
    }
}
