/// What a field of a config can hold: `Int`, `Double`, `Bool`, `String`, enums of strings, arrays and
/// optionals of these, nested `Configurable` types and `Choice`s from a registry.
///
/// An enum of strings conforms by its declaration alone:
/// `enum Window: String, CaseIterable, ConfigValue { case hann, hamming }`.
public protocol ConfigValue: Sendable {
    /// What error texts and help call the values, for example `a whole number`.
    static var typeName: String { get }

    /// Makes a value of JSON.
    ///
    /// - Parameters:
    ///   - json: what the document says.
    ///   - path: where it says so, for errors.
    ///   - base: the default that an object with some of its keys absent is completed from.
    /// - Throws: `JSONError`.
    static func decode(_ json: JSONValue, at path: JSONPath, onto base: Self?) throws -> Self

    /// The value as JSON; decoding it gives the value back.
    var json: JSONValue { get }

    /// The help lines of what lies inside a value of this type; none for scalars.
    static func describe(_ value: Self, at path: JSONPath) -> [FieldDescription]
}

extension ConfigValue {
    public static func describe(_ value: Self, at path: JSONPath) -> [FieldDescription] { [] }
}

/// The error for a value of the wrong type.
func mismatch(_ typeName: String, _ json: JSONValue, at path: JSONPath) -> JSONError {
    JSONError(at: path, "expected \(typeName), found \(json.summary)")
}

extension JSONValue {
    /// The JSON form of a value; that of an optional without a value is null.
    public init(_ value: some ConfigValue) {
        self = value.json
    }
}
