import Audio
import Datasets
import StrictJSON

/// Clean recordings, degraded on the fly: `{"kind": "clean_folder", "clean": [{"path": "studio"}]}`.
public struct CleanFolderConfig: RecordingConfig {
    public static let kind = "clean_folder"
    public static let summary = "your own clean recordings, degraded on the fly as a phone would"

    public var clean: [CleanSourceConfig] = []
    public var noise: [NoiseSourceConfig] = []
    public var degradation = DegradationConfiguration()
    public var level = -26.0
    public var minimumSeconds = 0.75
    public var gapSeconds = DegradationConfiguration.Interval(0.05, 0.3)
    public var validationItems = 32
    public var testItems = 120
    public var evaluationSeconds = DegradationConfiguration.Interval(2, 4)
    var recordings = RecordingRules()
    var split = SplitRule()
    /// Folders of room impulse responses, for the layouts of published datasets that bring some.
    var impulses: [String] = []
    /// What tells the voice where `voice_from` cannot, for the layouts of published datasets.
    var voiceOf: (@Sendable (String) -> String)?

    public init() {}

    public static let fields: [Field<Self>] =
        [
            Field(
                "clean", \.clean, count: 1..., required: true,
                "where clean recordings come from: objects with path, weight, role, voices, parts, label"),
            Field(
                "noise", \.noise,
                "where noises come from: objects with path, weight, kind, parts; kinds and parts without recordings "
                    + "are synthesised"),
            Field("degradation", \.degradation, "what happens to a clean recording, and how often"),
            Field(
                "level", \.level, in: -60...0,
                "active level that clean clips are brought to, dB of full scale"),
            Field(
                "minimum_seconds", \.minimumSeconds, in: 0...60,
                "recordings shorter than this are not trained with, s"),
            Field(
                "gap_seconds", \.gapSeconds,
                "pauses between short recordings of a voice that are joined to a clip, s"),
            Field("validation_items", \.validationItems, in: 4...4096, "items of the frozen validation list"),
            Field("test_items", \.testItems, in: 4...4096, "items of the frozen test list"),
            Field(
                "evaluation_seconds", \.evaluationSeconds,
                "lengths of whole recordings that are scored, s; of longer ones an excerpt of the greatest length is"
            ),
        ] + splitFields + recordingFields

    public func validate() throws {
        for (key, interval) in [("gap_seconds", gapSeconds), ("evaluation_seconds", evaluationSeconds)]
        where interval.minimum < 0 || interval.maximum > 60 {
            throw JSONError(
                at: JSONPath(key),
                "\(interval.json.canonicalText) is out of range; accepted: seconds from 0 to 60")
        }
        guard evaluationSeconds.maximum >= 0.5 else {
            throw JSONError(
                at: "evaluation_seconds",
                "items of \(evaluationSeconds.maximum) s are too short; accepted: 0.5 s and more")
        }
    }

    public func make(sampleRate: Int) throws -> any Dataset {
        guard (8000...96000).contains(sampleRate) else {
            throw ExperimentError.config(
                "audio.sample_rate: the degradation accepts 8000 to 96000 Hz, not \(sampleRate)")
        }
        return try CleanFolderDataset(config: self, sampleRate: sampleRate)
    }
}

/// A folder or prepared set of clean recordings.
public struct CleanSourceConfig: Configurable {
    public var path = ""
    public var weight = 1.0
    public var role: DataRole?
    public var voices: [String] = []
    public var parts = DataSplit.allCases
    public var label = ""
    /// Which recordings of the folder are wanted, by their names below it; nil: all.
    var accepts: (@Sendable (String) -> Bool)?

    public init() {}

    public static let fields: [Field<Self>] = [
        Field(
            "path", \.path, required: true,
            "a folder of sound files, or a set made by `workbench data prepare`"),
        Field("weight", \.weight, in: 0..., "how often it is drawn from, relative to the other sources"),
        Field("role", \.role, "of a prepared set only recordings of this role; null: speech and music"),
        Field("voices", \.voices, "only recordings of these voices; empty: all"),
        Field("parts", \.parts, count: 1..., "only recordings that the split puts into these parts"),
        Field("label", \.label, "what tables call its test items instead of the class of degradation"),
    ]
}

/// A folder or prepared set of noises.
public struct NoiseSourceConfig: Configurable {
    public var path = ""
    public var weight = 1.0
    public var kind: RecordedNoiseKind?
    public var parts = DataSplit.allCases

    public init() {}

    public static let fields: [Field<Self>] = [
        Field(
            "path", \.path, required: true,
            "a folder of sound files, or a set made by `workbench data prepare`"),
        Field(
            "weight", \.weight, in: 0..., "how often it is drawn from, relative to sources of the same kind"),
        Field(
            "kind", \.kind,
            "what the recordings are; null: what a prepared set says, ambience in a plain folder"),
        Field("parts", \.parts, count: 1..., "only recordings that the split puts into these parts"),
    ]
}

/// Kinds of noise that can be recordings.
public enum RecordedNoiseKind: String, ConfigValue, CaseIterable, Sendable {
    /// Goes on for a while; short recordings are repeated.
    case ambience
    /// Voices that are never a target; six sound at once.
    case babble
    /// Single key strokes, placed at random times.
    case keys

    /// The role that it has in a prepared set.
    var role: DataRole {
        switch self {
        case .ambience: .noise
        case .babble: .babble
        case .keys: .keys
        }
    }
}
