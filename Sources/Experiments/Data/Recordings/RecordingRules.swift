import StrictJSON

/// How a dataset treats sound files, whatever it does with them.
public struct RecordingRules: Sendable {
    public var policy = DataPolicy.error
    public var cacheMiB = 512
    public var clippingLimit = 0.01
    public var voiceFrom = VoiceRule.folder
}

/// How a file's name tells whose voice (or which instrument, or which room) it is.
public enum VoiceRule: String, ConfigValue, CaseIterable, Sendable {
    /// The first folder below the path; files outside any are one voice.
    case folder
    /// What stands before the first underscore or hyphen, as in p226_001.
    case prefix
    /// Every file is a voice of its own.
    case file

    /// - Parameter name: the file below the dataset's path, without extension, as in `anna/take_1`.
    func voice(of name: String) -> String {
        let parts = name.split(separator: "/")
        switch self {
        case .folder: return parts.count > 1 ? String(parts[0]) : ""
        case .prefix:
            let last = parts.last ?? ""
            return String(last.prefix { $0 != "_" && $0 != "-" })
        case .file: return name
        }
    }
}

/// A dataset's config with the keys for sound files and for the split, which mean the same wherever they stand.
protocol RecordingConfig: DatasetConfig {
    var recordings: RecordingRules { get set }
    var split: SplitRule { get set }
}

extension RecordingConfig {
    static var recordingFields: [Field<Self>] {
        [
            Field(
                "policy", \.recordings.policy,
                "recordings that are unreadable, silent, clipped or do not fit their partner: error ends the run, skip "
                    + "leaves them out and lists them with the run"),
            Field(
                "clipping_limit", \.recordings.clippingLimit, in: 0...1,
                "largest share of samples at full scale that a clean recording may have; 1 accepts everything"
            ),
            Field(
                "cache_mib", \.recordings.cacheMiB, in: 1...1_048_576,
                "memory for decoded recordings, MiB; a minute takes 1.8 MiB at 16 kHz, 5.5 MiB at 48 kHz"),
            Field(
                "voice_from", \.recordings.voiceFrom,
                "what tells the voice of a file: its first folder below the path, the prefix of its name before _ or "
                    + "-, or the file itself"),
        ]
    }

    static var splitFields: [Field<Self>] {
        [
            Field(
                "split_by", \.split.by,
                "what stays together: each file by itself, or all files of a voice, which then is in one part only"
            ),
            Field(
                "test_every", \.split.every, in: 3...1000,
                "of about this many files (or voices) one is for the test and one for validation, decided by a hash of "
                    + "the name, so that new files move no old ones"),
            Field(
                "validation", \.split.validation,
                "names of files or voices kept for validation; empty: see test_every"),
            Field(
                "test", \.split.test, "names of files or voices kept for the test; empty: see test_every"),
            Field(
                "split_file", \.split.file,
                "a list made by `workbench data split` that decides for the files in it; empty: none"),
        ]
    }
}
