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
public struct Artifact: Sendable {
    /// What it is: "audio", "image", "checkpoint".
    public let kind: String
    /// Its part: "noisy", "enhanced", "clean", "best", "last".
    public let role: String
    /// The file name a person would give it.
    public let name: String
    public let step: Int?
    /// SHA-256 of the content, 64 hexadecimal digits.
    public let sha256: String
    /// The size in bytes.
    public let bytes: Int
    /// The media type, such as "audio/wav".
    public let mime: String
    /// Where the bytes are.
    public let url: URL
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
