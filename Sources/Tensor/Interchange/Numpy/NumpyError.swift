/// What is wrong with a `.npy` file, in one line: `pitch.npy: not a NumPy file: ...`.
public struct NumpyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file, as the caller named it.
    public let file: String
    /// What is wrong and what would be accepted.
    public let message: String
    /// True if there is no such file, as opposed to something unusable.
    public let isNotFound: Bool

    init(_ file: String, _ message: String, isNotFound: Bool = false) {
        (self.file, self.message, self.isNotFound) = (file, message, isNotFound)
    }

    public var description: String { "\(file): \(message)" }
}
