/// Why a sound file could not be read or written. Each text is one line: the path, what is wrong,
/// and what would be accepted.
public enum AudioFileError: Error, Equatable, CustomStringConvertible {
    /// There is no such file.
    case notFound(path: String)
    /// The path names a folder.
    case isFolder(path: String)
    /// The file exists but may not be opened.
    case unreadable(path: String, reason: String)
    /// The contents are of no known sound format.
    case notAudio(path: String)
    /// The file has no bytes, or a header and no samples.
    case empty(path: String)
    /// Fewer frames are there than the header says.
    case truncated(path: String, expected: Int, found: Int)
    /// A sound format, but damaged.
    case corrupt(path: String, reason: String)
    /// A header with numbers outside what sound files have.
    case absurdHeader(path: String, reason: String)
    /// A sample is NaN or infinite.
    case notFinite(path: String, frame: Int, channel: Int)
    /// The format cannot be written, or not with this rate and number of channels.
    case unsupported(path: String, reason: String)
    /// The file cannot be created or written.
    case unwritable(path: String, reason: String)
    /// The disk is full, or fewer samples arrived there than were sent.
    case writeFailed(path: String, reason: String)

    /// True when the path names nothing, as opposed to something unusable.
    public var isNotFound: Bool {
        if case .notFound = self { return true }
        return false
    }

    public var description: String {
        switch self {
        case .notFound(let path):
            "\(path): no such file; expected a sound file (WAV, FLAC, OGG, MP3 ...)"
        case .isFolder(let path):
            "\(path): is a folder; expected a sound file"
        case .unreadable(let path, let reason):
            "\(path): cannot be opened (\(reason)); expected a readable sound file"
        case .notAudio(let path):
            "\(path): not a sound file; accepted are WAV, FLAC, OGG/Vorbis, Opus, MP3, AIFF, AU, CAF and W64"
        case .empty(let path):
            "\(path): holds no samples; expected at least one"
        case .truncated(let path, let expected, let found):
            "\(path): truncated: the header promises \(expected) frames, \(found) are there; "
                + "expected a complete file"
        case .corrupt(let path, let reason):
            "\(path): damaged sound file (\(reason)); expected a complete file"
        case .absurdHeader(let path, let reason):
            "\(path): \(reason); accepted are 1 to \(AudioFileLimits.channels.upperBound) channels at "
                + "\(AudioFileLimits.sampleRate.lowerBound) to \(AudioFileLimits.sampleRate.upperBound) Hz and up to "
                + "\(AudioFileLimits.frames.upperBound) samples per channel"
        case .notFinite(let path, let frame, let channel):
            "\(path): the sample at frame \(frame), channel \(channel) is not a finite number; "
                + "expected finite samples"
        case .unsupported(let path, let reason):
            "\(path): cannot be written: \(reason); accepted endings are "
                + AudioFormat.writableExtensions.joined(separator: ", ")
        case .unwritable(let path, let reason):
            "\(path): cannot be created (\(reason)); expected a name in a writable folder"
        case .writeFailed(let path, let reason):
            "\(path): writing failed (\(reason)); nothing was left behind; free some space and repeat"
        }
    }
}

/// What headers may say.
public enum AudioFileLimits {
    /// Channels per file.
    public static let channels = 1...64
    /// In hertz.
    public static let sampleRate = 1000...768_000
    /// Samples per channel: more than two weeks at the highest rate. Sizes in headers may be anything, and
    /// programs multiply them.
    public static let frames = 0...(1 << 40)
}
