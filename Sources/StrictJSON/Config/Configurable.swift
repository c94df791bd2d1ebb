/// A type that a JSON object describes. The properties' initial values are the only defaults there are;
/// the table of fields gives strict decoding, encoding, range checks and help.
///
/// ```swift
/// struct OptimizerConfig: Configurable {
///     var learningRate = 1e-3
///
///     static let fields = [
///         Field<Self>("learning_rate", \.learningRate, in: Above(0, through: 1), "step size of Adam")
///     ]
/// }
/// ```
///
/// A file names only what differs from the defaults. An object inside a config is completed from the value
/// its parent gives the property, so `var slow = OptimizerConfig(learningRate: 1e-5)` is a default too.
public protocol Configurable: ConfigValue {
    /// The defaults.
    init()

    /// One row for each key, in the order in which files and help show them.
    static var fields: [Field<Self>] { get }

    /// Checks rules that involve several fields; called after every decoding.
    ///
    /// - Throws: `JSONError(at: "key", "what is wrong; what would be accepted")`, the path starting at this
    ///   config. Any other error is reported with its description.
    func validate() throws
}

extension Configurable {
    public func validate() throws {}

    public static var typeName: String { "an object" }

    public static func decode(_ json: JSONValue, at path: JSONPath, onto base: Self?) throws -> Self {
        try decode(json, at: path, onto: base, besides: nil)
    }

    /// Decodes an object; `extraKey` is a key that somebody else reads.
    static func decode(
        _ json: JSONValue, at path: JSONPath, onto base: Self?, besides extraKey: String?
    ) throws -> Self {
        guard let object = json.objectValue else { throw mismatch(typeName, json, at: path) }
        let known = fields.map(\.key)
        for key in object.keys where key != extraKey && !known.contains(key) {
            throw JSONError(
                at: path.appending(key),
                "unknown key \(quoted(key)); \(suggestion(for: key, among: known, what: "known keys"))")
        }
        var config = base ?? Self()
        for field in fields {
            if let value = object[field.key] {
                try field.decode(value, path.appending(field.key), &config)
            } else if field.isRequired {
                throw JSONError(
                    at: path.appending(field.key),
                    "this key is required and missing (\(field.documentation))")
            }
        }
        do {
            try config.validate()
        } catch var error as JSONError {
            error.path = path.appending(error.path)
            throw error
        } catch {
            throw JSONError(at: path, "\(error)")
        }
        return config
    }

    /// Every key with its value, in the order of the table.
    public var json: JSONValue {
        .object(JSONObject(Self.fields.lazy.map { (key: $0.key, value: $0.encode(self)) }))
    }

    public static func describe(_ value: Self, at path: JSONPath) -> [FieldDescription] {
        fields.flatMap { $0.describe(value, path.appending($0.key)) }
    }

    /// The help lines of all keys, nested ones included, with the defaults of `init()`.
    public static var descriptions: [FieldDescription] { describe(Self(), at: JSONPath()) }
}

/// One line of help about a key.
public struct FieldDescription: Sendable, Hashable {
    /// The key with those of the objects it lies in.
    public let path: JSONPath
    /// What kind of value it takes, for example `a whole number`.
    public let typeName: String
    /// The default; `nil` if the key is required.
    public let defaultValue: JSONValue?
    /// The accepted values beyond the type, in words; empty if the type says it all.
    public let accepted: String
    /// Meaning and unit.
    public let documentation: String
}
