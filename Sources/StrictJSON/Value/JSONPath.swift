/// The way to a value inside a JSON document: member names and array indices from the outside in.
///
/// Written with dots, as in `model.stages.0.depth`; an index is the decimal text of a number from 0.
public struct JSONPath: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// Member names and array indices, outermost first; empty for the whole document.
    public var components: [String]

    /// A path of the given steps; without steps, the whole document.
    public init(_ components: [String] = []) {
        self.components = components
    }

    /// A path in dotted notation; the empty text is the whole document.
    public init(_ text: String) {
        components =
            text.isEmpty ? [] : text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    }

    public init(stringLiteral text: String) {
        self.init(text)
    }

    /// True for the path of the whole document.
    public var isEmpty: Bool { components.isEmpty }

    /// The path of a member of the object at this path.
    public func appending(_ key: String) -> JSONPath { JSONPath(components + [key]) }

    /// The path of an element of the array at this path.
    public func appending(_ index: Int) -> JSONPath { appending(String(index)) }

    /// This path followed by another that starts where this one ends.
    public func appending(_ path: JSONPath) -> JSONPath { JSONPath(components + path.components) }

    /// True if the path is `other` or lies inside it.
    public func isInside(_ other: JSONPath) -> Bool { components.starts(with: other.components) }

    /// The dotted notation, on one line whatever the keys hold.
    public var description: String {
        components.map { abbreviated($0, limit: 60) }.joined(separator: ".")
    }
}
