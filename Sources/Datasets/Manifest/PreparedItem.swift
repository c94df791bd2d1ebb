import Audio
import StrictJSON

extension DataSplit: ConfigValue {}

/// What a recording is.
public enum DataRole: String, Sendable, CaseIterable, ConfigValue {
    /// Clean speech of one talker: a target.
    case speech
    /// Clean music: a target.
    case music
    /// Background noise that goes on for a while; short ones may be repeated.
    case noise
    /// Single key strokes, to be placed at random times.
    case keys
    /// Speech that is never a target: several voices at once make a noise.
    case babble
    /// One source of a mixture; the items with equal voice and piece add up to it.
    case stem
}

/// One sound file of a prepared set.
public struct PreparedItem: Configurable, Equatable {
    /// Relative to the set's folder: `<split>/<role>/<voice>/<name>.wav`.
    public var path = ""
    public var split = DataSplit.train
    public var role = DataRole.speech
    /// The talker, track or group it belongs to. Voices never cross splits, except that a share of the files of a
    /// training voice may be held out for validation.
    public var voice = ""
    /// Which source of a mixture it is, such as `guitar`; empty unless the role is `stem`.
    public var part = ""
    /// The number of the piece, from 0, where a longer recording was cut; 0 if it was not.
    public var piece = 0
    /// The name of the package it comes from.
    public var source = ""
    /// The file in the package.
    public var original = ""
    /// The `id` of one of the set's licences.
    public var licence = ""
    public var channels = 1
    /// Samples per channel / sampling rate.
    public var seconds = 0.0
    /// SHA-256 of the file, 64 hexadecimal digits.
    public var sha256 = ""

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("path", \.path, required: true, "the file, relative to the set's folder"),
        Field("split", \.split, required: true, "what it is used for"),
        Field("role", \.role, required: true, "what it is"),
        Field("voice", \.voice, required: true, "talker, track or group"),
        Field("part", \.part, "which source of a mixture, for stems"),
        Field("piece", \.piece, in: 0..., "number of the piece of a longer recording"),
        Field("source", \.source, required: true, "package it comes from"),
        Field("original", \.original, "file in the package"),
        Field("licence", \.licence, required: true, "id of its licence"),
        Field("channels", \.channels, in: 1...64, required: true, "number of channels"),
        Field("seconds", \.seconds, in: Above(0), required: true, "duration, s"),
        Field("sha256", \.sha256, required: true, "SHA-256 of the file"),
    ]

    /// The file's name without folder and extension.
    public var name: String {
        let last = path.split(separator: "/").last.map(String.init) ?? path
        return last.hasSuffix(".wav") ? String(last.dropLast(4)) : last
    }

    public func validate() throws {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 4, parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") }),
            path.hasSuffix(".wav"), parts[0] == split.rawValue, parts[1] == role.rawValue, parts[2] == voice
        else {
            throw JSONError(
                at: "path",
                "\(quoted(path)) does not agree with the other keys; accepted: "
                    + "\(split.rawValue)/\(role.rawValue)/\(voice)/NAME.wav")
        }
        guard isDigest(sha256) else {
            throw JSONError(
                at: "sha256", "\(quoted(sha256)) is no SHA-256; accepted: 64 lower-case hexadecimal digits")
        }
        guard role == .stem || part.isEmpty else {
            throw JSONError(at: "part", "only stems have parts; accepted here: \"\"")
        }
    }
}

/// Whether a text has the form of a SHA-256 digest.
func isDigest(_ text: String) -> Bool {
    text.utf8.count == 64
        && text.utf8.allSatisfy { ($0 >= 48 && $0 <= 57) || ($0 >= 97 && $0 <= 102) }
}
