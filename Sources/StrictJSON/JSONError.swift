/// A place in a text: line and column, both from 1; columns count Unicode scalars.
public struct JSONPosition: Sendable, Hashable, CustomStringConvertible {
    public let line: Int
    public let column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public var description: String { "\(line):\(column)" }
}

/// What is wrong with a JSON text or its content, in one line:
/// `experiments/a.json:12:5: model.depth: 99 is out of range; accepted: 1 to 8`.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        /// There is no such file.
        case notFound
        /// The file is there but cannot be read.
        case unreadable
        /// The text is not JSON as RFC 8259 and this module's limits define it.
        case syntax
        /// The text is JSON, but a value is not what the reader of the document accepts.
        case content
    }

    public var kind: Kind
    /// The file, as the user named it.
    public var file: String?
    /// The `--set` argument that brought the value in, if one did.
    public var override: String?
    public var position: JSONPosition?
    public var path: JSONPath
    /// What is wrong and what would be accepted.
    public var message: String
    /// True if a string was expected; lets `--set name=123` mean the text "123".
    var expectsString = false

    /// An error about the value at a path. Inside `Configurable.validate()` the path starts at that config.
    public init(at path: JSONPath = JSONPath(), _ message: String) {
        self.init(kind: .content, path: path, message)
    }

    init(
        kind: Kind, file: String? = nil, position: JSONPosition? = nil, path: JSONPath = JSONPath(),
        _ message: String
    ) {
        self.kind = kind
        self.file = file
        self.position = position
        self.path = path
        self.message = message
    }

    public var description: String {
        var parts: [String] = []
        if let override {
            parts.append("--set \(abbreviated(override, limit: 80))")
        } else if let file {
            parts.append(position.map { "\(file):\($0)" } ?? file)
        } else if let position {
            parts.append("\(position)")
        }
        if !path.isEmpty { parts.append("\(path)") }
        parts.append(message)
        return parts.joined(separator: ": ")
    }
}
