/// A JSON text with its name, ready to be changed by `--set` and decoded into a config.
///
/// Errors of `decode` name the file with line and column, or the `--set` argument that is to blame.
public struct JSONDocument: Sendable {
    /// The file as the user named it; `nil` for a text without a file.
    public let file: String?
    /// The content, with the overrides applied so far.
    public private(set) var value: JSONValue
    private let bytes: [UInt8]
    private var overrides: [Override] = []

    /// Reads a file.
    ///
    /// - Parameter path: a file of at most 64 MiB.
    /// - Throws: `JSONError` if the file is missing, cannot be read, or is not JSON.
    public init(contentsOf path: String) throws(JSONError) {
        try self.init(bytes: readFile(path), file: path)
    }

    /// Reads a text; `file` is the name that errors use.
    ///
    /// - Throws: `JSONError` if the text is not JSON.
    public init(_ text: String, file: String? = nil) throws(JSONError) {
        try self.init(bytes: Array(text.utf8), file: file)
    }

    private init(bytes: [UInt8], file: String?) throws(JSONError) {
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            var error = error
            error.file = file
            throw error
        }
        self.bytes = bytes
        self.file = file
    }

    /// Puts the value of a `--set` argument into the document.
    ///
    /// Objects on the way are made where they are missing; whether the path means anything is found by
    /// `decode`.
    ///
    /// - Throws: `JSONError` if the path leads through a scalar or past the end of an array.
    public mutating func apply(_ override: Override) throws(JSONError) {
        do {
            value = try value.setting(override.path.components[...], to: override.value, at: JSONPath())
        } catch {
            var error = error
            error.override = override.argument
            throw error
        }
        overrides.append(override)
    }

    /// Makes a config of the document. Keys that are absent keep the config's defaults.
    ///
    /// - Throws: `JSONError` for unknown keys, values of the wrong type or out of range, missing required
    ///   keys, and whatever `validate()` finds.
    public func decode<Config: ConfigValue>(_ type: Config.Type = Config.self) throws(JSONError) -> Config {
        do {
            return try Config.decode(value, at: JSONPath(), onto: nil)
        } catch let error as JSONError {
            if let text = textOverride(behind: error) {
                var document = self
                document.value = try value.setting(
                    error.path.components[...], to: .string(text), at: JSONPath())
                return try document.decode(type)
            }
            throw located(error)
        } catch {
            throw located(JSONError("\(error)"))
        }
    }

    /// The text of an override that looked like a number or a word of JSON where a string is expected.
    private func textOverride(behind error: JSONError) -> String? {
        guard error.expectsString, let override = overrides.last(where: { $0.path == error.path }) else {
            return nil
        }
        switch value[error.path] {
        case .integer, .unsigned, .number, .bool: return override.valueText
        default: return nil
        }
    }

    /// The error with the place it comes from: the override that set its path, or file, line and column.
    public func located(_ error: JSONError) -> JSONError {
        var error = error
        error.file = file
        // Positions are needed for an error alone, so the text is read again instead of keeping them all.
        var parser = JSONParser(bytes, recordingOffsets: true)
        guard (try? parser.document()) != nil else { return error }
        // An override is to blame for what lies in its value, and for objects that it made on its way.
        let isInFile = parser.offsets[error.path] != nil
        let culprit = overrides.last { override in
            error.path.isInside(override.path) || !isInFile && override.path.isInside(error.path)
        }
        if let culprit {
            error.override = culprit.argument
            return error
        }
        var path = error.path
        while parser.offsets[path] == nil, !path.isEmpty { path.components.removeLast() }
        error.position = parser.position(of: parser.offsets[path] ?? 0)
        return error
    }
}

extension JSONValue {
    /// This value with another one put at the end of a path.
    fileprivate func setting(
        _ steps: ArraySlice<String>, to value: JSONValue, at path: JSONPath
    ) throws(JSONError) -> JSONValue {
        guard let step = steps.first else { return value }
        let next = path.appending(step)
        switch self {
        case .object(var object):
            object[step] = try (object[step] ?? [:]).setting(steps.dropFirst(), to: value, at: next)
            return .object(object)
        case .null:
            return [step: try JSONValue.object([:]).setting(steps.dropFirst(), to: value, at: next)]
        case .array(var elements):
            guard let index = Int(step), elements.indices.contains(index) else {
                let accepted = elements.isEmpty ? "it is empty" : "accepted: 0 to \(elements.count - 1)"
                throw JSONError(at: next, "no such element of \(summary); \(accepted)")
            }
            elements[index] = try elements[index].setting(steps.dropFirst(), to: value, at: next)
            return .array(elements)
        default:
            throw JSONError(at: path, "\(summary) has no members, so \(quoted(step)) cannot be set")
        }
    }
}
