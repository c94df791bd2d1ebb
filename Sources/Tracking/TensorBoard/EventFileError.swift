/// What is wrong with an event file, and where.
public struct EventFileError: Error, Equatable, CustomStringConvertible {
    public enum Kind: Sendable {
        /// The file ends within a record, as after a crash of its writer.
        case truncated
        /// A checksum says that bytes have changed.
        case checksum
        /// A record is whole, but not what an event file holds.
        case malformed
        /// The file cannot be read at all.
        case unreadable
    }

    public let kind: Kind
    public let path: String
    /// Where the record begins, in bytes from the start of the file.
    public let offset: Int
    /// How many records before it are whole.
    public let records: Int
    public let reason: String

    public var description: String {
        switch kind {
        case .unreadable: "cannot read the event file \(path): \(reason)"
        default:
            "the event file \(path) is damaged at byte \(offset), after \(records) whole records: \(reason)"
        }
    }
}
