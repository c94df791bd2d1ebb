import Audio
import Testing

@testable import Experiments

@Suite("Adapter: VoiceBank-DEMAND") struct VoiceBankTests {
    private let tree: Tree
    private static let training = ["p226_001", "p226_003", "p287_001", "p228_002", "p230_001"]
    private static let test = ["p232_001", "p232_002", "p257_001"]

    init() throws {
        tree = try Tree()
        for (set, names) in [("trainset_28spk", Self.training), ("testset", Self.test)] {
            for name in names {
                try tree.add(Tree.sound(name), "clean_\(set)_wav/\(name).wav")
                try tree.add(Tree.noisy(name), "noisy_\(set)_wav/\(name).wav")
                try tree.add(text: "A TEXT\n", "\(set)_txt/\(name).txt")
            }
        }
        try tree.add(text: "p232_001 bus 17.5\np232_002 cafe 2.5\np257_001 living 2.5\n", "log_testset.txt")
    }

    @Test func thePublishedPartsAreKept() throws {
        let dataset = try tree.make("voicebank_demand")
        #expect(dataset.names(.train) == ["p228_002", "p230_001"])
        #expect(dataset.names(.validation) == ["p226_001", "p226_003", "p287_001"])
        #expect(dataset.names(.test) == Self.test)
        let items = dataset.items(.test)
        #expect(items.map(\.name) == Self.test && items.map(\.category) == ["17.5 dB", "2.5 dB", "2.5 dB"])
        #expect(items.map(\.speaker) == ["p232", "p232", "p257"])
        for item in items {
            let pair = try dataset.pair(item, of: .test)
            #expect(pair.clean.isStored(Tree.sound(item.name)))
            #expect(pair.degraded.isStored(Tree.noisy(item.name)))
        }
        let clip = try dataset.trainingPair(seed: 1, index: 0, samples: 4000)
        #expect(["p228_002", "p230_001"].contains { clip.clean.isStored(Tree.sound($0)) })
    }

    @Test func theEndingOfResampledFoldersIsKnown() throws {
        let before = try tree.make("voicebank_demand").testHash
        for set in ["clean_trainset_28spk", "noisy_trainset_28spk", "clean_testset", "noisy_testset"] {
            try tree.move("\(set)_wav", to: "\(set)_wav_16k")
        }
        #expect(try tree.make("voicebank_demand").testHash == before)
    }

    @Test func theLargerSetAndOtherTalkersCanBeChosen() throws {
        #expect(tree.refusal("voicebank_demand", "training_set=56spk").contains("clean_trainset_56spk_wav"))
        let dataset = try tree.make("voicebank_demand", #"validation=["p230"]"#)
        #expect(dataset.names(.validation) == ["p230_001"] && dataset.names(.train).count == 4)
        #expect(tree.refusal("voicebank_demand", #"validation=["p999"]"#).contains("talker p999"))
    }

    /// Who only evaluates has the test set alone.
    @Test func theTestSetAloneIsEnoughToEvaluate() throws {
        for quality in ["clean", "noisy"] { try tree.remove("\(quality)_trainset_28spk_wav") }
        let text = tree.refusal("voicebank_demand")
        #expect(
            text.contains("no folder clean_trainset_28spk_wav") && text.contains("found here:"), "\(text)")
        let dataset = try tree.make("voicebank_demand", "all_for_test=true")
        #expect(dataset.items(.test).count == 3)
    }

    @Test func wrongTreesAreExplained() throws {
        #expect(tree.refusal("voicebank_demand", "path=").contains("dataset.path: no folder given"))
        let gone = tree.refusal("voicebank_demand", "path=\(tree.path)/gone")
        #expect(gone.contains("no such folder") && gone.contains("noisy_testset_wav"), "\(gone)")
        // One level too deep.
        let deep = tree.refusal("voicebank_demand", "path=\(tree.path)/clean_testset_wav")
        #expect(
            deep.contains("no folder clean_testset_wav") && deep.contains("found here: p232_001.wav"),
            "\(deep)")
        try tree.remove("noisy_testset_wav")
        #expect(tree.refusal("voicebank_demand").contains("no folder noisy_testset_wav"))
        try tree.add(text: "", "noisy_testset_wav/readme.txt")
        #expect(tree.refusal("voicebank_demand").contains("no sound files"))
    }

    @Test func filesWithoutPartnerOrOfAnotherLengthAreNamed() throws {
        try tree.remove("clean_testset_wav/p232_002.wav")
        let alone = tree.refusal("voicebank_demand")
        #expect(alone.contains("noisy_testset_wav/p232_002.wav: no clean file p232_002"), "\(alone)")
        try tree.add(Tree.sound("p232_002", seconds: 0.4), "clean_testset_wav/p232_002.wav")
        let short = tree.refusal("voicebank_demand")
        #expect(short.contains("p232_002.wav") && short.contains("3200"), "\(short)")
        let dataset = try tree.make("voicebank_demand", "policy=skip")
        #expect(dataset.items(.test).map(\.name) == ["p232_001", "p257_001"])
        #expect(dataset.issues.count == 1)
    }
}
