import Audio
import Testing

@testable import Experiments

@Suite("Adapter: EARS") struct EARSTests {
    private let tree: Tree
    private static let talkers = ["p001", "p002", "p099"] + (100...107).map { "p\($0)" }

    init() throws {
        tree = try Tree()
        for talker in Self.talkers {
            for style in ["emo_adoration_freeform", "sentences_01_regular", "vegetative_cough"] {
                try tree.add(Tree.sound("\(talker)/\(style)", seconds: 1.5), "\(talker)/\(style).wav")
            }
        }
        try tree.add(text: "{}", "speaker_statistics.json")
        try tree.add(Tree.sound("blind"), "blind_testset/0.wav")
    }

    @Test func talkersKeepTheirPublishedParts() throws {
        let dataset = try tree.make(
            "ears", "test_items=12", "validation_items=4", "evaluation_seconds=[0.5,1.5]")
        func talkers(_ split: DataSplit) -> [String] {
            Set(
                dataset.names(split).compactMap { name in
                    name.split(separator: "/").map(String.init).first { EARSLayout.isTalker($0) }
                }
            ).sorted()
        }
        #expect(talkers(.train) == ["p001", "p002", "p099"])
        #expect(talkers(.validation) == ["p100", "p101"])
        #expect(talkers(.test) == ["p102", "p103", "p104", "p105", "p106", "p107"])
        let names = DataSplit.allCases.flatMap(dataset.names)
        // Coughs are left out as the benchmark does, and files of no talker are passed over.
        #expect(names.count == 22 && !names.contains { $0.contains("vegetative") || $0.contains("blind") })
        #expect(dataset.items(.test).count == 12)
        let all = try tree.make(
            "ears", "leave_out=[]", "test_items=4", "validation_items=4", "evaluation_seconds=[0.5,1.5]")
        #expect(DataSplit.allCases.flatMap(all.names).count == 33)
    }

    @Test func wrongTreesAreExplained() throws {
        try tree.remove("p101")
        let text = tree.refusal("ears")
        #expect(text.contains("no folder p101, for validation (key: validation)"), "\(text)")
        #expect(tree.refusal("ears", #"validation=["p100"]"#, "evaluation_seconds=[0.5,1.5]") == "")
        for talker in ["p001", "p002", "p099"] { try tree.remove(talker) }
        #expect(tree.refusal("ears", #"validation=["p100"]"#).contains("no folder of a talker for training"))
        #expect(
            tree.refusal("ears", "path=\(tree.path)/p100").contains("found here: emo_adoration_freeform.wav"))
    }
}

@Suite("Adapter: EARS-WHAM") struct EARSWHAMTests {
    private let tree: Tree

    init() throws {
        tree = try Tree()
        for (part, talkers) in [
            ("train", ["p001", "p002"]), ("valid", ["p100"]), ("test", ["p102", "p103"]),
        ] {
            for (index, talker) in talkers.enumerated() {
                let name = "\(talker)/0000\(index)"
                try tree.add(Tree.sound("\(part)/\(name)"), "\(part)/clean/\(name).wav")
                let decibels = index == 0 ? "-2.5" : "12.5"
                try tree.add(Tree.noisy("\(part)/\(name)"), "\(part)/noisy/\(name)_\(decibels)dB.wav")
            }
        }
    }

    @Test func pairsKeepTheirPublishedParts() throws {
        let dataset = try tree.make("ears_wham")
        #expect(dataset.names(.train) == ["train/p001/00000", "train/p002/00001"])
        #expect(dataset.names(.validation) == ["valid/p100/00000"])
        let items = dataset.items(.test)
        #expect(items.map(\.name) == ["test-p102-00000", "test-p103-00001"])
        #expect(items.map(\.category) == ["-2.5 to 2.5 dB", "12.5 to 17.5 dB"])
        let pair = try dataset.pair(items[1], of: .test)
        #expect(pair.clean.isStored(Tree.sound("test/p103/00001")))
        #expect(pair.degraded.isStored(Tree.noisy("test/p103/00001")))
    }

    @Test func wrongTreesAreExplained() throws {
        try tree.remove("valid/clean")
        let copies = tree.refusal("ears_wham")
        #expect(copies.contains("no folder valid/clean") && copies.contains("--copy_clean"), "\(copies)")
        #expect(try tree.make("ears_wham", "all_for_test=true").items(.test).count == 2)
        try tree.remove("test/clean/p102/00000.wav")
        let alone = tree.refusal("ears_wham", "all_for_test=true")
        #expect(alone.contains("00000_-2.5dB.wav: no clean file p102/00000.wav"), "\(alone)")
        try tree.remove("valid")
        #expect(tree.refusal("ears_wham").contains("no folder valid/noisy"))
    }
}
