extension Int: ConfigValue {
    public static var typeName: String { "a whole number" }

    public static func decode(_ json: JSONValue, at path: JSONPath, onto base: Int?) throws -> Int {
        guard let number = json.intValue else { throw mismatch(typeName, json, at: path) }
        return number
    }

    public var json: JSONValue { .integer(self) }
}

extension Double: ConfigValue {
    public static var typeName: String { "a number" }

    public static func decode(_ json: JSONValue, at path: JSONPath, onto base: Double?) throws -> Double {
        guard let number = json.doubleValue else { throw mismatch(typeName, json, at: path) }
        return number
    }

    public var json: JSONValue { .number(self) }
}

extension Bool: ConfigValue {
    public static var typeName: String { "true or false" }

    public static func decode(_ json: JSONValue, at path: JSONPath, onto base: Bool?) throws -> Bool {
        guard let flag = json.boolValue else { throw mismatch(typeName, json, at: path) }
        return flag
    }

    public var json: JSONValue { .bool(self) }
}

extension String: ConfigValue {
    public static var typeName: String { "a string" }

    public static func decode(_ json: JSONValue, at path: JSONPath, onto base: String?) throws -> String {
        guard let text = json.stringValue else {
            var error = mismatch(typeName, json, at: path)
            error.expectsString = true
            throw error
        }
        return text
    }

    public var json: JSONValue { .string(self) }
}

extension ConfigValue where Self: RawRepresentable & CaseIterable, RawValue == String {
    public static var typeName: String {
        "one of " + allCases.map { quoted($0.rawValue) }.joined(separator: ", ")
    }

    public static func decode(_ json: JSONValue, at path: JSONPath, onto base: Self?) throws -> Self {
        guard let text = json.stringValue else {
            var error = mismatch(typeName, json, at: path)
            error.expectsString = true
            throw error
        }
        guard let value = Self(rawValue: text) else {
            let nearest = nearestName(to: text, among: allCases.map(\.rawValue))
            let hint = nearest.map { "did you mean \(quoted($0))? " } ?? ""
            throw JSONError(at: path, "unknown value \(quoted(text)); \(hint)accepted: \(typeName)")
        }
        return value
    }

    public var json: JSONValue { .string(rawValue) }
}

extension Optional: ConfigValue where Wrapped: ConfigValue {
    public static var typeName: String { "\(Wrapped.typeName) or null" }

    public static func decode(_ json: JSONValue, at path: JSONPath, onto base: Wrapped??) throws -> Wrapped? {
        if json == .null { return nil }
        return try Wrapped.decode(json, at: path, onto: base ?? nil)
    }

    public var json: JSONValue { self?.json ?? .null }

    public static func describe(_ value: Wrapped?, at path: JSONPath) -> [FieldDescription] {
        value.map { Wrapped.describe($0, at: path) } ?? []
    }
}

extension Array: ConfigValue where Element: ConfigValue {
    public static var typeName: String { "an array, each element \(Element.typeName)" }

    public static func decode(_ json: JSONValue, at path: JSONPath, onto base: [Element]?) throws -> [Element]
    {
        guard let elements = json.arrayValue else { throw mismatch(typeName, json, at: path) }
        var values: [Element] = []
        for (index, element) in elements.enumerated() {
            values.append(try Element.decode(element, at: path.appending(index), onto: nil))
        }
        return values
    }

    public var json: JSONValue { .array(map(\.json)) }
}
