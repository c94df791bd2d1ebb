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

    @Test func aSkippingPolicyListsWhatItLeavesOut() throws {
        let folder = try Miniature.Folder()
        try Miniature.pairs(in: folder.url, count: 10)
        let extra = folder.url.appending(path: "clean/extra.wav")
        try AudioFile.write(Waveform(sampleRate: 8000, mono: Recordings.noise("e", count: 8000)), to: extra)
        let victim = folder.url.appending(path: "noisy/item_3_R.wav")
        try Data("no sound".utf8).write(to: victim)
        let short = folder.url.appending(path: "noisy/item_4_N.wav")
        try AudioFile.write(Waveform(sampleRate: 8000, mono: Recordings.noise("s", count: 4000)), to: short)
        let dataset = try folders(folder, "policy=skip")
        #expect(
            dataset.issues.map { $0.path.split(separator: "/").last ?? "" }.sorted()
                == ["extra.wav", "item_3_R.wav", "item_4_N.wav"])
        #expect(
            (dataset.trainingCount ?? 0) + dataset.items(.test).count + dataset.items(.validation).count == 8)
        #expect(refusal(folder, "policy=error").contains("policy"))
    }

    @Test func ratesAndChannelsOfAPairMayDiffer() throws {
        let folder = try Miniature.Folder()
        try Miniature.pairs(in: folder.url, count: 5)
        for name in ["item_0_N", "item_1_R", "item_2_N", "item_3_R", "item_4_N"] {
            let url = folder.url.appending(path: "noisy/\(name).wav")
            let mono = try AudioFile.read(url).mono
            let other = Resampler(from: 8000, to: 22_050).resample(mono)
            try AudioFile.write(Waveform(sampleRate: 22_050, channels: [other, other]), to: url)
        }
        let dataset = try folders(folder)
        for item in dataset.items(.test) {
            let pair = try dataset.pair(item, of: .test)
            #expect(pair.clean.count == 8000 && pair.degraded.count == 8000)
            let error = zip(pair.clean, pair.degraded).map { abs($0 - $1) }.reduce(0, +) / 8000
            #expect(error < 0.03)
        }
    }

    @Test func aMisalignedPairIsPutRight() throws {
        let folder = try Miniature.Folder()
        let voice = SyntheticDataset(config: SyntheticDatasetConfig(), sampleRate: 16000)
        for index in 0..<4 {
            let item = voice.items(.test)[4 * index]
            let clean = try voice.pair(item, of: .test).clean
            // 125 ms late, and longer by that.
            let late = [Float](repeating: 0, count: 2000) + clean
            try Recordings.write(clean, folder.url, "clean/a\(index).wav", sampleRate: 16000)
            try Recordings.write(late, folder.url, "noisy/a\(index).wav", sampleRate: 16000)
        }
        var document = try JSONDocument(#"{"kind": "paired_folders", "path": "\#(folder.url.path)"}"#)
        let config = try document.decode(Choice<DatasetRegistry>.self).component as? PairedFoldersConfig
        #expect(throws: ExperimentError.self) { try config?.make(sampleRate: 16000) }
        let (measured, issues) = try #require(try config?.measurePairs(sampleRate: 16000))
        #expect(issues.isEmpty && measured.count == 4)
        for pair in measured { #expect(abs(try pair.result.get().offset - 0.125) < 2e-5, "\(pair)") }

        try document.apply(Override("align=true"))
        let dataset = try document.decode(Choice<DatasetRegistry>.self).item.make(sampleRate: 16000)
        for item in dataset.items(.test) + dataset.items(.validation) {
            let split: EvaluationSplit = dataset.items(.test).contains(item) ? .test : .validation
            let pair = try dataset.pair(item, of: split)
            #expect(pair.clean.count == pair.degraded.count)
            let (signal, error) = zip(pair.clean, pair.degraded).reduce(into: (0.0, 0.0)) { sums, samples in
                sums.0 += Double(samples.0 * samples.0)
                sums.1 += Double((samples.0 - samples.1) * (samples.0 - samples.1))
            }
            #expect(signal > 1000 * error, "\(item.name): \(10 * log10(signal / error)) dB")
        }
        // Another recording altogether cannot be aligned.
        try Recordings.write(
            Recordings.noise("x", count: 40_000), folder.url, "noisy/a0.wav", sampleRate: 16000)
        let after = try #require(try config?.measurePairs(sampleRate: 16000)).pairs
        #expect(throws: DataIssue.self) { try after[0].result.get() }
    }

    @Test func oldAndNewListsShareDigestsOfEqualItems() throws {
        let folder = try Miniature.Folder()
        try Miniature.pairs(in: folder.url, count: 10)
        func digests(_ dataset: any Dataset) throws -> [String: String] {
            Dictionary(
                uniqueKeysWithValues: try dataset.items(.test).map {
                    ($0.name, try dataset.pair($0, of: .test).sha256(sampleRate: 8000))
                })
        }
        let all = try digests(folders(folder, "all_for_test=true"))
        let some = try digests(folders(folder))
        #expect(all.count == 10 && Set(all.values).count == 10)
        for (name, digest) in some { #expect(all[name] == digest) }
    }
}
