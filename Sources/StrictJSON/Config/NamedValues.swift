/// An object whose keys the file chooses, such as the parameters of a sweep: values of one type by name, in the
/// order of the file.
public struct NamedValues<Value: ConfigValue>: ConfigValue {
    /// Names with their values, each name once.
    public private(set) var members: [(name: String, value: Value)] = []

    public init() {}

    /// - Parameter members: names with their values; of equal names the last value counts.
    public init(_ members: [(name: String, value: Value)]) {
        for member in members {
            if let index = self.members.firstIndex(where: { $0.name == member.name }) {
                self.members[index].value = member.value
            } else {
                self.members.append(member)
            }
        }
    }

    public var names: [String] { members.map(\.name) }
    public var count: Int { members.count }
    public var isEmpty: Bool { members.isEmpty }

    public subscript(name: String) -> Value? { members.first { $0.name == name }?.value }

    public static var typeName: String { "an object, each member \(Value.typeName)" }

    public static func decode(
        _ json: JSONValue, at path: JSONPath, onto base: NamedValues?
    ) throws -> NamedValues {
        guard let object = json.objectValue else { throw mismatch(typeName, json, at: path) }
        return NamedValues(
            try object.members.map { member in
                (member.key, try Value.decode(member.value, at: path.appending(member.key), onto: nil))
            })
    }

    public var json: JSONValue {
        .object(JSONObject(members.lazy.map { (key: $0.name, value: $0.value.json) }))
    }
}

/// A key that takes whatever JSON it is given, because somebody else knows what it means.
extension JSONValue: ConfigValue {
    public static var typeName: String { "any JSON value" }

    public static func decode(_ json: JSONValue, at path: JSONPath, onto base: JSONValue?) throws -> JSONValue
    {
        json
    }

    public var json: JSONValue { self }
}
