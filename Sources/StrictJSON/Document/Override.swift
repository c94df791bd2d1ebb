/// One `--set path=value` argument.
public struct Override: Sendable, Hashable {
    /// The argument as the user wrote it.
    public let argument: String
    /// Which value it sets.
    public let path: JSONPath
    /// The value: what the text after `=` means as JSON, otherwise that text as a string.
    public let value: JSONValue
    /// The text after `=`.
    let valueText: String

    /// Reads an argument such as `optimizer.learning_rate=3e-4`, `model.stages.0.depth=3` or `name=first`.
    ///
    /// - Throws: `JSONError` if there is no `=` or a part of the path is empty.
    public init(_ argument: String) throws(JSONError) {
        self.argument = argument
        guard let mark = argument.firstIndex(of: "=") else {
            throw Override.malformed(argument, "there is no \"=\"")
        }
        path = JSONPath(String(argument[..<mark]))
        guard !path.isEmpty, path.components.allSatisfy({ !$0.isEmpty }) else {
            throw Override.malformed(argument, "a part of the path is empty")
        }
        guard path.components.count <= JSONParser.maximumDepth else {
            throw Override.malformed(argument, "the path has more than \(JSONParser.maximumDepth) parts")
        }
        valueText = String(argument[argument.index(after: mark)...])
        value = (try? JSONValue(parsing: valueText)) ?? .string(valueText)
    }

    private static func malformed(_ argument: String, _ problem: String) -> JSONError {
        var error = JSONError("\(problem); accepted: path=value, as in optimizer.learning_rate=3e-4")
        error.override = argument
        return error
    }
}
