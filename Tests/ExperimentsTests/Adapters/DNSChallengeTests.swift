import Audio
import Testing

@testable import Experiments

@Suite("Adapter: DNS Challenge") struct DNSChallengeTests {
    private let tree: Tree

    init() throws {
        tree = try Tree()
        for reader in 0..<6 {
            for book in 0..<3 {
                let name = "book_0000\(book)_chp_0001_reader_0670\(reader)_\(book)_seg_0"
                try tree.add(Tree.sound(name, seconds: 1.5), "clean_fullband/read_speech/\(name).wav")
            }
        }
        for talker in ["p225", "p226"] {
            let name = "\(talker)_001_mic1"
            try tree.add(
                Tree.sound(name, seconds: 1.5),
                "clean_fullband/vctk_wav48_silence_trimmed/\(talker)/\(name).wav")
        }
        for index in 0..<6 {
            try tree.add(Recordings.noise("\(index)", count: 16000), "noise_fullband/noise_\(index).wav")
            var response = [Float](repeating: 0, count: 1600)
            for place in response.indices {
                response[place] =
                    Float(index + 1) * 0.01 * (place % (index + 7) == 0 ? 1 : -0.3) / Float(1 + place)
            }
            response[0] = 0.9
            try tree.add(response, "impulse_responses/SLR26/simulated_rirs/room_\(index).wav")
        }
    }

    private static let small = [
        "test_items=8", "validation_items=4", "evaluation_seconds=[0.5,1.5]", "test_every=3",
    ]

    private func made(_ changes: [String] = []) throws -> any Dataset {
        let all = Self.small + changes
        return try tree.make("dns_challenge", all[0], all[1], all[2], all[3], all.count > 4 ? all[4] : all[0])
    }

    @Test func talkersAreFoundInNames() {
        #expect(
            DNSChallengeConfig.talker(of: "read_speech/book_00000_chp_0009_reader_06709_1_seg_2")
                == "reader_06709")
        #expect(DNSChallengeConfig.talker(of: "vctk_wav48_silence_trimmed/p225/p225_001_mic1") == "p225")
        #expect(DNSChallengeConfig.talker(of: "french_speech/M-AILABS/abc") == "french_speech")
    }

    @Test func speechNoiseAndRoomsAreMixed() throws {
        let dataset = try made()
        let classes = Set(dataset.items(.test).map(\.category))
        #expect(classes == ["N", "R"], "\(classes)")
        func talkers(_ split: DataSplit) -> Set<String> {
            Set(
                dataset.names(split).filter { $0.contains("reader") || $0.contains("mic1") }
                    .map(DNSChallengeConfig.talker))
        }
        for (one, other) in [(DataSplit.train, DataSplit.test), (.train, .validation), (.test, .validation)] {
            #expect(!talkers(one).isEmpty && talkers(one).isDisjoint(with: talkers(other)))
        }
        for item in dataset.items(.test) {
            let pair = try dataset.pair(item, of: .test)
            #expect(pair.clean.count == 12000 && pair.degraded != pair.clean)
        }
        let pair = try dataset.trainingPair(seed: 1, index: 0, samples: 8000)
        let other = try made().trainingPair(seed: 1, index: 0, samples: 8000)
        #expect(pair.degraded == other.degraded && pair.clean == other.clean)
    }

    @Test func foldersOfSpeechCanBeChosen() throws {
        let dataset = try made([#"clean=["read_speech"]"#])
        let names = DataSplit.allCases.flatMap(dataset.names)
        #expect(names.contains { $0.contains("reader") } && !names.contains { $0.contains("mic1") })
        let text = tree.refusal("dns_challenge", #"clean=["read_speach"]"#)
        #expect(text.contains("did you mean \"read_speech\""), "\(text)")
    }

    @Test func wrongTreesAreExplained() throws {
        try tree.remove("impulse_responses")
        let rooms = tree.refusal("dns_challenge")
        #expect(rooms.contains("no folder impulse_responses") && rooms.contains("noise_fullband"), "\(rooms)")
        _ = try made(["impulses=false"])
        try tree.remove("noise_fullband")
        #expect(tree.refusal("dns_challenge").contains("no folder noise_fullband"))
        try tree.move("clean_fullband", to: "clean")
        let text = tree.refusal("dns_challenge")
        #expect(text.contains("no folder clean_fullband") && text.contains("found here: clean"), "\(text)")
        #expect(tree.refusal("dns_challenge", "all_for_test=true").contains("without the key pairs"))
    }

    // MARK: Pairs that the challenge's program made

    private func makePairs(_ count: Int) throws {
        for index in 0..<count {
            try tree.add(Tree.sound("pair\(index)"), "training/clean/clean_fileid_\(index).wav")
            try tree.add(
                Tree.noisy("pair\(index)"),
                "training/noisy/book_1_reader_2_snr\(5 * index)_tl-20_fileid_\(index).wav")
        }
    }

    @Test func madePairsAreMatchedByNumber() throws {
        try makePairs(12)
        let dataset = try tree.make("dns_challenge", "pairs=training", "test_every=3")
        #expect(DataSplit.allCases.flatMap(dataset.names).count == 12)
        for item in dataset.items(.test) {
            let number = try #require(Int(item.name.split(separator: "_")[1]))
            #expect(item.category == "\(5 * number) dB")
            let pair = try dataset.pair(item, of: .test)
            #expect(pair.clean.isStored(Tree.sound("pair\(number)")))
            #expect(pair.degraded.isStored(Tree.noisy("pair\(number)")))
        }
        #expect(
            try tree.make("dns_challenge", "pairs=training", "all_for_test=true").items(.test).count == 12)
    }

    @Test func wrongPairsAreExplained() throws {
        #expect(tree.refusal("dns_challenge", "pairs=training").contains("no such folder"))
        try makePairs(4)
        try tree.remove("training/clean/clean_fileid_2.wav")
        let alone = tree.refusal("dns_challenge", "pairs=training")
        #expect(alone.contains("fileid_2.wav: no clean file with fileid_2 in"), "\(alone)")
        try tree.add(Tree.sound("a"), "training/clean/again_fileid_1.wav")
        let twice = tree.refusal("dns_challenge", "pairs=training")
        #expect(twice.contains("have one number; each fileid_N may be there once"), "\(twice)")
        try tree.remove("training/clean")
        try tree.add(Tree.sound("a"), "training/clean/a.wav")
        #expect(tree.refusal("dns_challenge", "pairs=training").contains("no file in clean/ has fileid_N"))
    }
}
