import Audio
import Testing

@testable import Experiments

@Suite("Adapter: DAPS") struct DAPSTests {
    private let tree: Tree
    private static let speakers = ["f1", "f9", "f10", "m8", "m9", "m10"]

    init() throws {
        tree = try Tree()
        for speaker in Self.speakers {
            for script in ["script1", "script5"] {
                let key = "\(speaker)_\(script)"
                for version in ["clean", "produced"] {
                    try tree.add(Tree.sound("\(key)_\(version)"), "\(version)/\(key)_\(version).wav")
                }
                for device in ["iphone_bedroom1", "ipad_office1"] {
                    try tree.add(Tree.noisy("\(key)_produced"), "\(device)/\(key)_\(device).wav")
                }
            }
        }
        // What archives made on a Mac carry along.
        try tree.add(text: "x", "iphone_bedroom1/._m8_script5_iphone_bedroom1.wav")
        try tree.add(text: "names", "supporting_files/speakers.txt")
    }

    @Test func devicesMeetTheirStudioVersion() throws {
        let dataset = try tree.make("daps")
        #expect(dataset.names(.train).count == 8 && dataset.names(.test).count == 8)
        #expect(dataset.names(.validation).allSatisfy { $0.contains("/f9_") || $0.contains("/m9_") })
        #expect(dataset.names(.test).allSatisfy { $0.contains("/f10_") || $0.contains("/m10_") })
        let item = try #require(dataset.items(.test).first { $0.name == "iphone_bedroom1-f10_script5" })
        #expect(item.category == "iphone_bedroom1")
        let pair = try dataset.pair(item, of: .test)
        #expect(pair.clean.isStored(Tree.sound("f10_script5_produced")))
        #expect(pair.degraded.isStored(Tree.noisy("f10_script5_produced")))
    }

    @Test func targetInputsAndUnitCanBeChosen() throws {
        for speaker in Self.speakers {
            for version in ["clean", "ipad_office1"] {
                let key = "\(speaker)_script2"
                try tree.add(Tree.sound("\(key)_\(version)"), "\(version)/\(key)_\(version).wav")
            }
        }
        let dataset = try tree.make(
            "daps", "target=clean", #"inputs=["ipad_office1"]"#, "split_by=script", #"validation=["script1"]"#
        )
        #expect(
            dataset.names(.test).count == 6 && dataset.names(.test).allSatisfy { $0.hasSuffix("script5") })
        #expect(dataset.names(.validation).allSatisfy { $0.hasSuffix("script1") })
        #expect(dataset.names(.train).count == 6 && dataset.names(.train)[0] == "ipad_office1/f10_script2")
        let pair = try dataset.pair(dataset.items(.test)[0], of: .test)
        #expect(pair.clean.isStored(Tree.sound("f10_script5_clean")))
        // Nothing is left for training: the folder and the keys are named.
        let nothing = tree.refusal(
            "daps", "target=clean", #"inputs=["ipad_office1"]"#, "split_by=script",
            #"validation=["script1","script2"]"#)
        #expect(nothing.hasPrefix("\(tree.path): of 18 pairs 0 are for training"), "\(nothing)")
    }

    @Test func longRecordingsAreScoredInExcerpts() throws {
        let dataset = try tree.make("daps", "evaluation_seconds=null")
        #expect(try dataset.pair(dataset.items(.test)[0], of: .test).clean.count == 4000)
        for speaker in ["f10", "m10", "f9", "m9", "f1", "m8"] {
            for version in ["produced", "iphone_bedroom1", "ipad_office1"] {
                let key = "\(speaker)_script5"
                let samples =
                    version == "produced"
                    ? Tree.sound("\(key)_long", seconds: 2.5) : Tree.noisy("\(key)_long", seconds: 2.5)
                try tree.add(samples, "\(version)/\(key)_\(version).wav")
            }
        }
        let cut = try tree.make("daps", "evaluation_seconds=1")
        let items = cut.items(.test).filter { $0.name.hasSuffix("f10_script5") }
        #expect(items.count == 2)
        let pairs = try items.map { try cut.pair($0, of: .test) }
        // Both devices are scored on the same second.
        #expect(pairs[0].clean.count == 8000 && pairs[0].clean == pairs[1].clean)
    }

    @Test func wrongTreesAreExplained() throws {
        let version = tree.refusal("daps", #"inputs=["iphone_bedrom1"]"#)
        #expect(version.contains("did you mean \"iphone_bedroom1\""), "\(version)")
        #expect(tree.refusal("daps", #"inputs=["produced"]"#).contains("is the target"))
        #expect(tree.refusal("daps", #"inputs=["ipad_balcony1"]"#).contains("no folder ipad_balcony1"))
        #expect(tree.refusal("daps", #"test=["f9"]"#, #"validation=["f9"]"#).contains("stands in validation"))
        let talker = tree.refusal("daps", #"test=["f7"]"#)
        #expect(talker.contains("no file of f7 in produced/") && talker.contains("key: test"), "\(talker)")
        #expect(tree.refusal("daps", "target=cleanraw").contains("no folder cleanraw"))
        try tree.remove("produced/m8_script5_produced.wav")
        let alone = tree.refusal("daps")
        #expect(
            alone.contains("m8_script5_ipad_office1.wav: no clean file produced/m8_script5_produced.wav"),
            "\(alone)")
        let rest = try tree.make("daps", "policy=skip")
        #expect(rest.issues.count == 2 && rest.names(.train).count == 6)
        for device in ["iphone_bedroom1", "ipad_office1"] { try tree.remove(device) }
        #expect(tree.refusal("daps").contains("no version by a device"))
        try tree.add(Tree.sound("x"), "iphone_bedroom1/m8_script5.wav")
        #expect(tree.refusal("daps").contains("no file in iphone_bedroom1/ is called as in"))
    }
}
