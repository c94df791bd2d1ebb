import Foundation

/// Where the bytes of a new artifact come from.
public enum ArtifactContent: Sendable {
    /// Bytes in memory; they are stored by their content.
    case data(Data)
    /// A file anywhere; a copy is stored by its content.
    case file(URL)
    /// A file that already lies in the run's own folder and stays there, such as a checkpoint.
    case runFile(String)
}

/// A file that belongs to a run: audio, a picture, a checkpoint.
public struct Artifact: Sendable, Identifiable {
    public let id: Int64
    /// What it is: "audio", "image", "checkpoint".
    public let kind: String
    /// Its part: "noisy", "enhanced", "clean", "best", "last".
    public let role: String
    /// The file name a person would give it.
    public let name: String
    public let step: Int?
    /// The file of the test set that it was made from, where it was.
    public let file: String?
    /// SHA-256 of the content, 64 hexadecimal digits.
    public let sha256: String
    /// The size in bytes.
    public let bytes: Int
    /// The media type, such as "audio/wav".
    public let mime: String
    /// The sample rate of audio, in Hz.
    public let rate: Double?
    /// The length of audio, in seconds.
    public let seconds: Double?
    /// The loudness of audio, in dB relative to full scale.
    public let loudness: Double?
    /// Whether it is kept when others of its run are cleaned away.
    public let isPinned: Bool
    /// Whether it is, or belongs to, the best weights of its run.
    public let isBest: Bool
    /// Whether it is, or belongs to, the newest weights of its run.
    public let isLast: Bool
    /// Where the bytes are.
    public let url: URL
}

/// What may be known about an artifact beside its content.
public struct ArtifactFacts: Sendable, Equatable {
    /// The file of a test set that it was made from, and the set's name.
    public var file: String?
    public var dataset: String?
    /// The sample rate of audio, in Hz.
    public var rate: Double?
    /// The length of audio, in seconds.
    public var seconds: Double?
    /// The loudness of audio, in dB relative to full scale.
    public var loudness: Double?
    public var isPinned: Bool
    public var isBest: Bool
    public var isLast: Bool

    public init(
        file: String? = nil, dataset: String? = nil, rate: Double? = nil, seconds: Double? = nil,
        loudness: Double? = nil, isPinned: Bool = false, isBest: Bool = false, isLast: Bool = false
    ) {
        self.file = file
        self.dataset = dataset
        self.rate = rate
        self.seconds = seconds
        self.loudness = loudness
        self.isPinned = isPinned
        self.isBest = isBest
        self.isLast = isLast
    }
}

/// The weight of an event.
public enum EventLevel: String, Sendable {
    case info, warning, error
}

/// Something that happened in a run and is worth reading later.
public struct RunEvent: Sendable {
    public let time: Date
    public let level: EventLevel
    public let title: String
    public let body: String
}
