import StrictJSON

/// What one stage made of a recording.
public struct PipelineStep: Configurable, Equatable {
    public var stage = PipelineStage.decode
    /// In words: `2 channels to 1`.
    public var did = ""
    /// The sound after it.
    public var sampleRate = 16000
    public var channels = 1
    public var frames = 0
    /// The largest absolute sample.
    public var peak = 0.0
    /// RMS over the frames within 40 dB of the loudest, dBFS; -200 for digital silence.
    public var level = 0.0

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("stage", \.stage, required: true, "which stage"),
        Field("did", \.did, required: true, "what it did"),
        Field("sample_rate", \.sampleRate, "rate after it, Hz"),
        Field("channels", \.channels, "channels after it"),
        Field("frames", \.frames, "samples per channel after it"),
        Field("peak", \.peak, "largest absolute sample after it"),
        Field("level", \.level, "active level after it, dBFS"),
    ]
}

/// Where a feature of a recording is.
public struct PipelineFeature: Configurable, Equatable {
    public var kind = ""
    /// Relative to the folder of the results.
    public var path = ""
    public var shape: [Int] = []

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("kind", \.kind, required: true, "which feature"),
        Field("path", \.path, required: true, "the file"),
        Field("shape", \.shape, required: true, "frames and numbers per frame"),
    ]
}

/// What became of one recording.
public struct PipelineItem: Configurable, Equatable {
    /// Relative to the folder of recordings.
    public var source = ""
    /// SHA-256 of that file.
    public var sourceHash = ""
    /// The uncompressed sound, relative to the folder of the results; empty without the stage `decode`.
    public var path = ""
    /// SHA-256 of that file.
    public var sha256 = ""
    public var seconds = 0.0
    public var steps: [PipelineStep] = []
    public var features: [PipelineFeature] = []
    /// Why nothing was made of it; empty otherwise.
    public var skipped = ""

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("source", \.source, required: true, "the recording"),
        Field("source_sha256", \.sourceHash, required: true, "SHA-256 of the recording"),
        Field("path", \.path, "the uncompressed sound"),
        Field("sha256", \.sha256, "SHA-256 of the uncompressed sound"),
        Field("seconds", \.seconds, "duration, s"),
        Field("steps", \.steps, "what each stage did"),
        Field("features", \.features, "what was computed of it"),
        Field("skipped", \.skipped, "why nothing was made of it"),
    ]
}

/// The content of `preparation.json`: what was done with each recording of a folder.
public struct PipelineManifest: Configurable, Equatable {
    /// The file's name.
    public static let name = "preparation.json"

    public var format = 1
    /// False while a preparation goes on or after it was stopped.
    public var isComplete = false
    public var pipeline = PipelineConfig()
    /// Changes when the sound of the results would.
    public var soundHash = ""
    /// In the order of their sources.
    public var items: [PipelineItem] = []

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("format", \.format, oneOf: [1], required: true, "version of this layout"),
        Field("is_complete", \.isComplete, required: true, "whether every recording was looked at"),
        Field("pipeline", \.pipeline, required: true, "what was asked for"),
        Field("sound_hash", \.soundHash, required: true, "changes when the sound of the results would"),
        Field("items", \.items, required: true, "the recordings"),
    ]

    public static func == (one: Self, other: Self) -> Bool { one.json == other.json }
}
