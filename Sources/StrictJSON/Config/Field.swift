/// One row of a config's table: which key holds which property, what it accepts and what it means.
public struct Field<Root: Configurable>: Sendable {
    /// The key in the JSON file, in `snake_case`.
    public let key: String
    /// One line of help: meaning and unit.
    public let documentation: String
    /// True if the file has to name a value.
    public let isRequired: Bool
    /// The accepted values beyond the type, in words; empty if the type says it all.
    public let accepted: String
    let decode: @Sendable (JSONValue, JSONPath, inout Root) throws -> Void
    let encode: @Sendable (Root) -> JSONValue
    let describe: @Sendable (Root, JSONPath) -> [FieldDescription]

    /// A field that accepts every value of its type.
    ///
    /// - Parameters:
    ///   - key: the key in the JSON file.
    ///   - property: the property; its value in `Root()` is the default.
    ///   - required: true if there is no sensible default.
    ///   - documentation: one line of help: meaning and unit.
    public init<Value: ConfigValue>(
        _ key: String, _ property: WritableKeyPath<Root, Value> & Sendable, required: Bool = false,
        _ documentation: String
    ) {
        self.init(key, property, required, documentation, accepted: "") { _, _ in }
    }

    /// Every other initialiser comes here.
    ///
    /// - Parameters:
    ///   - accepted: the accepted values in words, for help.
    ///   - check: throws for a value that is not accepted.
    init<Value: ConfigValue>(
        _ key: String, _ property: WritableKeyPath<Root, Value> & Sendable, _ required: Bool,
        _ documentation: String, accepted: String,
        check: @escaping @Sendable (Value, JSONPath) throws -> Void
    ) {
        self.key = key
        self.documentation = documentation
        self.accepted = accepted
        isRequired = required
        decode = { json, path, root in
            let value = try Value.decode(json, at: path, onto: root[keyPath: property])
            try check(value, path)
            root[keyPath: property] = value
        }
        encode = { $0[keyPath: property].json }
        describe = { root, path in
            let value = root[keyPath: property]
            let own = FieldDescription(
                path: path, typeName: Value.typeName, defaultValue: required ? nil : value.json,
                accepted: accepted, documentation: documentation)
            return [own] + Value.describe(value, at: path)
        }
    }
}
