import Audio
import StrictJSON

/// Songs as the recordings of their sources: `{"kind": "stems", "path": "songs"}`.
public struct StemsConfig: RecordingConfig {
    public static let kind = "stems"
    public static let summary = "songs as separate sources, for source separation"

    public var path = ""
    public var stems: [String] = []
    public var mixture = "mixture"
    public var target = ""
    public var gain = DegradationConfiguration.Interval(0, 0)
    public var remix = 0.0
    public var excerptsPerSong = 1
    public var evaluationSeconds = 10.0
    var recordings = Self.defaultRules
    var split = Self.defaultSplit

    private static let defaultRules: RecordingRules = {
        var rules = RecordingRules()
        // Masters are loud, and what is clipped in a stem is clipped in the mixture as well.
        rules.clippingLimit = 1
        rules.voiceFrom = .file
        return rules
    }()

    private static let defaultSplit: SplitRule = {
        var rule = SplitRule()
        rule.by = .voice
        rule.every = 5
        return rule
    }()

    public init() {}

    static let mixingFields: [Field<Self>] = [
        Field(
            "target", \.target,
            "the stem that a model with one output is to find in the mixture; empty: all stems are targets"),
        Field(
            "gain", \.gain,
            "what each stem is amplified by in training, drawn anew each time, dB; other than [0, 0] the mixture is "
                + "the sum of the stems"),
        Field(
            "remix", \.remix, in: 0...1,
            "share of training examples whose stems come from different songs"),
        Field(
            "excerpts_per_song", \.excerptsPerSong, in: 1...100, "validation and test items made of a song"),
        Field(
            "evaluation_seconds", \.evaluationSeconds, in: 0.5...3600,
            "length of validation and test items, s"),
    ]

    public static let fields: [Field<Self>] =
        [
            Field(
                "path", \.path,
                "a folder with a folder for each song, files as in song/vocals.wav; or a prepared set of stems"
            ),
            Field("stems", \.stems, "names of the stems; empty: those that every song has"),
            Field(
                "mixture", \.mixture,
                "name of the file that holds the mixture; of songs without one it is the sum of the stems"),
        ] + mixingFields + splitFields + recordingFields

    public func validate() throws {
        guard stems.isEmpty || target.isEmpty || stems.contains(target) else {
            throw JSONError(
                at: "target",
                "\(quoted(target)) is no stem; \(suggestion(for: target, among: stems, what: "stems"))")
        }
        guard gain.minimum >= -60, gain.maximum <= 60 else {
            throw JSONError(at: "gain", "\(gain.json.canonicalText) is out of range; accepted: -60 to 60 dB")
        }
    }

    public func open(sampleRate: Int) throws -> any ExampleSource {
        guard !path.isEmpty else {
            throw ExperimentError.config(
                "dataset.path: no folder given; add --set dataset.path=DIR, a folder with a folder for each song"
            )
        }
        let listing = try StemListing(path: path, voice: recordings.voiceFrom.voice)
        return try open(listing, names: stems, sampleRate: sampleRate)
    }

    /// Songs that a layout has found.
    func open(_ listing: StemListing, names: [String], sampleRate: Int) throws -> any ExampleSource {
        let names = names.isEmpty ? listing.commonStems(mixture: mixture) : names
        guard !names.isEmpty else {
            throw ExperimentError.data(
                "\(path): there is no stem that each of the \(listing.songs.count) songs has; expected files of equal "
                    + "names, as in song/vocals.wav (key: stems)")
        }
        let dataset = try StemsDataset(self, listing: listing, stems: names, sampleRate: sampleRate)
        if target.isEmpty { return dataset }
        guard let index = names.firstIndex(of: target) else {
            throw ExperimentError.config(
                "dataset.target: \(quoted(target)) is no stem; "
                    + suggestion(for: target, among: names, what: "stems"))
        }
        return StemPairDataset(dataset, stem: index, named: target)
    }

    public func make(sampleRate: Int) throws -> any Dataset {
        try Self.pairs(try target.isEmpty ? nil : open(sampleRate: sampleRate))
    }

    static func pairs(_ source: (any ExampleSource)?) throws -> any Dataset {
        guard let dataset = source as? any Dataset else {
            throw ExperimentError.config(
                "dataset.target: this model has one output; name the stem that it is to find, as in \"vocals\""
            )
        }
        return dataset
    }
}
