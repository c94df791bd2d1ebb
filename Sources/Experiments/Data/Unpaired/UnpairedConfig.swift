import Audio
import StrictJSON

/// Recordings without targets, for self-supervision: `{"kind": "unpaired", "recordings": [{"path": "phone"}]}`.
public struct UnpairedConfig: DatasetConfig {
    public static let kind = "unpaired"
    public static let summary = "recordings without targets, for self-supervision"

    public var level: Double?
    /// Sources, lengths and the split are those of clean recordings; nothing is degraded.
    var sources = CleanFolderConfig()

    public init() {}

    public static let fields: [Field<Self>] =
        [
            Field(
                "recordings", \.sources.clean, count: 1..., required: true,
                "where recordings come from: objects with path, weight, role, voices, parts, label"),
            Field(
                "level", \.level, in: -60...0,
                "active level that clips are brought to, dB of full scale; null: as they are"),
        ]
        + Field.nested(
            [
                "minimum_seconds", "gap_seconds", "validation_items", "test_items", "evaluation_seconds",
                "split_by", "test_every", "validation", "test", "split_file", "policy", "clipping_limit",
                "cache_mib", "voice_from",
            ], inside: \.sources)

    public func validate() throws { try sources.validate() }

    public func make(sampleRate: Int) throws -> any Dataset {
        throw ExperimentError.config(
            "dataset.kind: \"\(Self.kind)\" has recordings without targets, and this model is trained on pairs; accepted "
                + "here: clean_folder, which makes pairs of the same recordings, and other kinds with targets"
        )
    }

    public func open(sampleRate: Int) throws -> any ExampleSource {
        try UnpairedDataset(config: self, sampleRate: sampleRate)
    }
}
