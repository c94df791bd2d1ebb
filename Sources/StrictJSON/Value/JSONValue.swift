/// A JSON value.
///
/// A number written without fraction and exponent that fits into 64 bits is an `integer`, or `unsigned` if it
/// is above the largest `Int`, and any other a `number`; `integer(3)` and `number(3)` are equal and are written
/// alike.
public enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case unsigned(UInt64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// A whole number of 64 bits without a sign, such as a seed.
    public init(_ number: UInt64) {
        self = Int(exactly: number).map(JSONValue.integer) ?? .unsigned(number)
    }
}

extension JSONValue {
    /// The text of a string; `nil` for anything else.
    public var stringValue: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The truth value of `true` or `false`; `nil` for anything else.
    public var boolValue: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    /// A whole number that fits into an `Int`, however it was written (`3`, `3.0`, `3e0`); otherwise `nil`.
    public var intValue: Int? {
        switch self {
        case .integer(let number): number
        case .unsigned(let number): Int(exactly: number)
        case .number(let number): Int(exactly: number)
        default: nil
        }
    }

    /// Any number; `nil` for anything else.
    public var doubleValue: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .unsigned(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }

    /// The elements of an array; `nil` for anything else.
    public var arrayValue: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The members of an object; `nil` for anything else.
    public var objectValue: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// The member of that name, if this is an object that has it.
    public subscript(key: String) -> JSONValue? { objectValue?[key] }

    /// The element at that index, if this is an array that has it.
    public subscript(index: Int) -> JSONValue? {
        guard let elements = arrayValue, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The value at the end of a path, or `nil` if there is no such value.
    public subscript(path: JSONPath) -> JSONValue? {
        var value = self
        for step in path.components {
            let next: JSONValue? =
                if case .array = value { Int(step).flatMap { value[$0] } } else { value[step] }
            guard let next else { return nil }
            value = next
        }
        return value
    }

    /// What an error text calls this value, for example `the string "abc"` or `an array of 3 elements`.
    public var summary: String {
        switch self {
        case .null: "null"
        case .bool(let flag): "\(flag)"
        case .integer, .unsigned, .number: "the number \(canonicalText)"
        case .string(let text): "the string \(quoted(text))"
        case .array(let elements): "an array of \(elements.count) element\(elements.count == 1 ? "" : "s")"
        case .object: "an object"
        }
    }
}

extension JSONValue: Hashable {
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.integer(let a), .integer(let b)): a == b
        case (.unsigned(let a), .unsigned(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.integer(let a), .number(let b)), (.number(let b), .integer(let a)): Int(exactly: b) == a
        case (.unsigned(let a), .number(let b)), (.number(let b), .unsigned(let a)): UInt64(exactly: b) == a
        case (.integer(let a), .unsigned(let b)), (.unsigned(let b), .integer(let a)): Int(exactly: b) == a
        case (.string(let a), .string(let b)): a == b
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let flag): hasher.combine(flag)
        case .integer(let number): hasher.combine(number)
        // Equal values hash alike, also across the number cases.
        case .unsigned(let number):
            if let whole = Int(exactly: number) { hasher.combine(whole) } else { hasher.combine(number) }
        case .number(let number):
            if let whole = Int(exactly: number) {
                hasher.combine(whole)
            } else if let whole = UInt64(exactly: number) {
                hasher.combine(whole)
            } else {
                hasher.combine(number)
            }
        case .string(let text): hasher.combine(text)
        case .array(let elements): hasher.combine(elements)
        case .object(let object): hasher.combine(object)
        }
    }
}

// Not by `nil`: in an optional context it would silently mean JSON's null instead of absence.
extension JSONValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements.lazy.map { (key: $0.0, value: $0.1) }))
    }
}
