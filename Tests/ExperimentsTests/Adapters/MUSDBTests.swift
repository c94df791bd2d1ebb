import Audio
import Testing

@testable import Experiments

@Suite("Adapter: MUSDB18-HQ and stems") struct MUSDBTests {
    private let tree: Tree
    private static let stems = ["drums", "bass", "other", "vocals"]
    private static let songs = [
        "train/A - One", "train/B - Two", "train/ANiMAL - Rockshow", "test/C - Three", "test/D - Four",
    ]
    private static let validation = #"validation=["ANiMAL - Rockshow"]"#

    init() throws {
        tree = try Tree()
        for song in Self.songs {
            try tree.add(Self.mixture(song), "\(song)/mixture.wav")
            for stem in Self.stems { try tree.add(Self.sound(song, stem), "\(song)/\(stem).wav") }
        }
    }

    private static func sound(_ song: String, _ stem: String) -> [Float] {
        Tree.sound("\(song)/\(stem)", seconds: 1.2).map { 0.25 * $0 }
    }

    private static func mixture(_ song: String) -> [Float] {
        stems.map { sound(song, $0) }.reduce([Float](repeating: 0, count: 9600)) { zip($0, $1).map(+) }
    }

    @Test func songsKeepTheirPublishedParts() throws {
        let source = try tree.open("musdb18_hq", Self.validation, "evaluation_seconds=1")
        #expect(source.targets == .stems(Self.stems))
        #expect(source.names(.train) == ["train/A - One", "train/B - Two"])
        #expect(source.names(.validation) == ["train/ANiMAL - Rockshow"])
        #expect(source.names(.test) == ["test/C - Three", "test/D - Four"])
        #expect(source.items(.test).count == 2)
        for item in source.items(.test) {
            let example = try source.example(item, of: .test)
            guard case .stems(let stems) = example.target else { return #expect(Bool(false)) }
            #expect(example.input.count == 8000 && stems.map(\.count) == [8000, 8000, 8000, 8000])
            let sum = stems.reduce([Float](repeating: 0, count: 8000)) { zip($0, $1).map(+) }
            #expect(zip(sum, example.input).allSatisfy { abs($0 - $1) < 2e-4 })
        }
        let clip = try source.trainingExample(seed: 1, index: 0, samples: 9600)
        #expect(["train/A - One", "train/B - Two"].contains { clip.input.isStored(Self.mixture($0)) })
    }

    /// The published validation songs are asked for by name; a tree without them is told which is missing.
    @Test func thePublishedValidationListIsTheDefault() {
        let text = tree.refusal("musdb18_hq")
        #expect(text.contains("no song \"Actions - One Minute Smile\" in train/"), "\(text)")
        #expect(MUSDBConfig.publishedValidation.count == 14)
    }

    @Test func remixesTakeStemsOfDifferentSongs() throws {
        let source = try tree.open("musdb18_hq", Self.validation, "remix=1", "gain=[-6,6]")
        var crossed = 0
        for index in 0..<8 {
            let example = try source.trainingExample(seed: 3, index: index, samples: 9600)
            guard case .stems(let stems) = example.target else { return #expect(Bool(false)) }
            let sum = stems.reduce([Float](repeating: 0, count: 9600)) { zip($0, $1).map(+) }
            #expect(zip(sum, example.input).allSatisfy { abs($0 - $1) < 1e-5 })
            let owners = zip(Self.stems, stems).map { stem, samples in
                ["train/A - One", "train/B - Two"].firstIndex { song in
                    let own = Self.sound(song, stem)
                    let gain =
                        zip(samples, own).map { $0 * $1 }.reduce(0, +) / own.map { $0 * $0 }.reduce(0, +)
                    return zip(samples, own).allSatisfy { abs($0 - gain * $1) < 1e-3 }
                }
            }
            #expect(!owners.contains(nil))
            if Set(owners).count > 1 { crossed += 1 }
        }
        #expect(crossed > 2)
    }

    /// A model with one output is trained on pairs of the mixture and one stem.
    @Test func oneStemCanBeTheTarget() throws {
        let dataset = try tree.make("musdb18_hq", Self.validation, "target=vocals", "evaluation_seconds=1.2")
        let pair = try dataset.pair(dataset.items(.test)[0], of: .test)
        #expect(pair.clean.isStored(Self.sound("test/C - Three", "vocals")))
        #expect(pair.degraded.isStored(Self.mixture("test/C - Three")))
        #expect(throws: ExperimentError.self) { try tree.make("musdb18_hq", Self.validation) }
        let text = tree.refusal("musdb18_hq", Self.validation, "target=vocal")
        #expect(text.contains("did you mean \"vocals\""), "\(text)")
    }

    @Test func wrongTreesAreExplained() throws {
        try tree.remove("train/B - Two/vocals.wav")
        let stem = tree.refusal("musdb18_hq", Self.validation)
        #expect(stem.contains("train/B - Two") && stem.contains("no vocals.*"), "\(stem)")
        let rest = try tree.open("musdb18_hq", Self.validation, "policy=skip")
        #expect(rest.names(.train) == ["train/A - One"] && rest.issues.count == 1)
        try tree.add(Tree.sound("short"), "train/B - Two/vocals.wav")
        let short = tree.refusal("musdb18_hq", Self.validation)
        #expect(short.contains("vocals.wav: 4000 samples") && short.contains("9600"), "\(short)")
        try tree.remove("train/B - Two/mixture.wav")
        #expect(tree.refusal("musdb18_hq", Self.validation).contains("no mixture.wav in train/B - Two"))
        try tree.remove("train/B - Two")
        try tree.remove("test")
        let part = tree.refusal("musdb18_hq", Self.validation)
        #expect(part.contains("no folder test") && part.contains("found here: train"), "\(part)")
    }

    // MARK: Stems in folders of one's own

    @Test func foldersOfStemsNeedNoMixture() throws {
        for song in Self.songs { try tree.remove("\(song)/mixture.wav") }
        let source = try tree.open("stems", "test_every=3", "evaluation_seconds=1")
        #expect(source.targets == .stems(["bass", "drums", "other", "vocals"]))
        #expect(DataSplit.allCases.allSatisfy { !source.names($0).isEmpty })
        #expect(Set(DataSplit.allCases.flatMap(source.names)) == Set(Self.songs))
        let clip = try source.trainingExample(seed: 1, index: 0, samples: 9600)
        #expect(Self.songs.contains { clip.input.isStored(Self.mixture($0)) })
        let again = try source.trainingExample(seed: 1, index: 0, samples: 9600)
        #expect(again.input == clip.input)
    }

    @Test func stemsThatAreNotThereAreNamed() throws {
        #expect(tree.refusal("stems", "path=").contains("no folder given"))
        let missing = tree.refusal("stems", #"stems=["vocals","guitar"]"#)
        #expect(missing.contains("no guitar.*; expected vocals, guitar"), "\(missing)")
        try tree.add(Tree.sound("loose"), "loose.wav")
        #expect(tree.refusal("stems").contains("loose.wav: lies outside any song"))
        try tree.remove("loose.wav")
        for song in Self.songs.dropFirst() {
            for stem in Self.stems {
                try tree.move("\(song)/\(stem).wav", to: "\(song)/\(stem)\(song.count).wav")
            }
        }
        #expect(tree.refusal("stems").contains("there is no stem that each of the 5 songs has"))
    }

    @Test func aSongIsInOnePartAlone() throws {
        try tree.remove("test/C - Three/mixture.wav")
        try tree.remove("test/D - Four/mixture.wav")
        try tree.add(Self.mixture("same"), "test/C - Three/mixture.wav")
        try tree.add(Self.mixture("same"), "train/A - One/mixture.wav")
        try tree.add(Self.mixture("other"), "test/D - Four/mixture.wav")
        let text = tree.refusal("musdb18_hq", Self.validation)
        #expect(text.contains("are the same recording"), "\(text)")
    }
}
