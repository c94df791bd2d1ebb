/// A mistake in a gate expression, with its place.
public struct GateError: Error, Equatable, CustomStringConvertible {
    /// What the mistake leads to.
    public enum Kind: Sendable {
        /// The text cannot be read.
        case syntax
        /// It names a run or metric that does not exist.
        case unknownName
    }

    public let kind: Kind
    public let expression: String
    /// The first character of the mistake, counted from 0.
    public let start: Int
    /// One past its last character; more than `start`.
    public let end: Int
    public let reason: String

    /// The reason, then the expression with carets under the mistake.
    public var description: String {
        let line = expression.map { $0 == "\n" || $0 == "\t" ? " " : $0 }
        return "--gate, character \(start + 1): \(reason)\n    " + String(line) + "\n    "
            + String(repeating: " ", count: start) + String(repeating: "^", count: max(1, end - start))
    }
}
