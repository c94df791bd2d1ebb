/// What is wrong with a safetensors file, in one line: `best.safetensors: tensor "up.weight": ...`.
public struct SafetensorsError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        /// There is no such file.
        case notFound
        /// The file is there but cannot be read.
        case unreadable
        /// The bytes are not a safetensors file.
        case malformed
        /// The file has no tensor of that name.
        case unknownTensor
        /// The tensor has another shape or element type than was asked for.
        case mismatch
    }

    public let kind: Kind
    /// The file, as the caller named it.
    public let file: String
    /// What is wrong and what would be accepted.
    public let message: String

    init(_ kind: Kind, _ file: String, _ message: String) {
        self.kind = kind
        self.file = file
        self.message = message
    }

    public var description: String { "\(file): \(message)" }
}
