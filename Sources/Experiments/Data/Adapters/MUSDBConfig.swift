import Audio
import Foundation
import StrictJSON

/// MUSDB18-HQ in its published folders: `{"kind": "musdb18_hq", "path": "musdb18hq"}`.
///
/// Source: Rafii et al., MUSDB18-HQ, an uncompressed version of MUSDB18, 2019; the songs for validation are those of
/// the `musdb` package's configuration.
public struct MUSDBConfig: DatasetConfig {
    public static let kind = "musdb18_hq"
    public static let summary =
        "MUSDB18-HQ: 150 songs as drums, bass, other and vocals, with its published test set"

    public var path = ""
    public var validation = Self.publishedValidation
    var mixing = Self.defaultMixing

    private static let defaultMixing: StemsConfig = {
        var mixing = StemsConfig()
        mixing.stems = Self.stems
        return mixing
    }()

    static let stems = ["drums", "bass", "other", "vocals"]

    /// The songs of the training set that are for validation.
    static let publishedValidation = [
        "Actions - One Minute Smile", "Clara Berry And Wooldog - Waltz For My Victims",
        "Johnny Lokke - Promises & Lies", "Patrick Talbot - A Reason To Leave", "Triviul - Angelsaint",
        "Alexander Ross - Goodbye Bolero", "Fergessen - Nos Palpitants", "Leaf - Summerghost",
        "Skelpolu - Human Mistakes", "Young Griffo - Pennies", "ANiMAL - Rockshow", "James May - On The Line",
        "Meaxic - Take A Step", "Traffic Experiment - Sirens",
    ]

    public init() {}

    public static let fields: [Field<Self>] =
        [
            Field("path", \.path, "the folder that holds train and test"),
            Field(
                "validation", \.validation, count: 1...,
                "songs of train that are for validation; the default is the published list"),
        ]
        + Field.nested(
            [
                "target", "gain", "remix", "excerpts_per_song", "evaluation_seconds", "policy",
                "clipping_limit", "cache_mib",
            ], inside: \.mixing)

    public func validate() throws { try mixing.validate() }

    public func open(sampleRate: Int) throws -> any ExampleSource {
        let layout =
            "train/ and test/ with a folder for each song, and in it mixture.wav, drums.wav, bass.wav, other.wav and "
            + "vocals.wav"
        let tree = try DatasetTree("MUSDB18-HQ", path: path, layout: layout)
        var songs: [StemListing.Song] = []
        for part in ["train", "test"] {
            let folder = try tree.folder(part)
            let names = DatasetTree.folders(in: folder)
            guard !names.isEmpty else { throw tree.missing("no folder of a song in \(part)/") }
            for name in names {
                let place = folder.appending(path: name)
                let files = try SoundFile.list(place, use: "the stems of a song of MUSDB18-HQ")
                let split: DataSplit =
                    part == "test" ? .test : validation.contains(name) ? .validation : .train
                var song = StemListing.Song(name: "\(part)/\(name)", voice: name, fixedSplit: split)
                song.files = Dictionary(files.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
                if song.files["mixture"] == nil {
                    throw tree.missing("no mixture.wav in \(part)/\(name)")
                }
                songs.append(song)
            }
            if part == "train" {
                guard let absent = validation.first(where: { !names.contains($0) }) else { continue }
                throw tree.missing(
                    "no song \(quoted(absent)) in train/, which is for validation (key: validation)")
            }
        }
        var config = mixing
        config.path = path
        return try config.open(StemListing(songs: songs), names: Self.stems, sampleRate: sampleRate)
    }

    public func make(sampleRate: Int) throws -> any Dataset {
        try StemsConfig.pairs(try mixing.target.isEmpty ? nil : open(sampleRate: sampleRate))
    }
}
