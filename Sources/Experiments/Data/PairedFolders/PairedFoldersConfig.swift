import StrictJSON

/// Clean and degraded files matched by name: `{"kind": "paired_folders", "path": "recordings"}`.
public struct PairedFoldersConfig: RecordingConfig {
    public static let kind = "paired_folders"
    public static let summary = "your own recordings: a folder of clean files and one of degraded files"

    public var path = ""
    public var clean = "clean"
    public var degraded = "noisy"
    public var align = false
    public var maximumOffset = 2.0
    public var allForTest = false
    public var categoryFromSuffix = true
    var recordings = RecordingRules()
    var split = Self.defaultSplit
    /// Of longer recordings an excerpt of this length is scored, s; nil: whole ones. For the layouts of published
    /// datasets, whose recordings may be long.
    var excerptSeconds: Double?

    private static let defaultSplit: SplitRule = {
        var rule = SplitRule()
        rule.every = 5
        return rule
    }()

    public init() {}

    public static let fields: [Field<Self>] =
        [
            Field("path", \.path, "folder that holds both folders; relative to the working directory"),
            Field("clean", \.clean, "folder of clean files"),
            Field("degraded", \.degraded, "folder of degraded files with the same names"),
            Field(
                "align", \.align,
                "whether offset and clock drift of each degraded file are measured and taken out; else both files of a "
                    + "pair must be equally long and aligned"),
            Field(
                "maximum_offset", \.maximumOffset, in: 0...60,
                "largest offset between the files of a pair that is looked for, s"),
            Field(
                "all_for_test", \.allForTest, "whether every pair is for the test, to evaluate a run on them"),
            Field(
                "category_from_suffix", \.categoryFromSuffix,
                "whether tables group by what follows the last underscore of a name (as in s_01_N)"),
        ] + splitFields + recordingFields

    public func make(sampleRate: Int) throws -> any Dataset {
        try PairedFoldersDataset(config: self, sampleRate: sampleRate)
    }
}
