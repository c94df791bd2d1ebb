/// The members of a JSON object in the order in which they were written, found by name in constant time.
public struct JSONObject: Sendable, ExpressibleByDictionaryLiteral {
    /// The member names, in order.
    public private(set) var keys: [String] = []
    private var storage: [String: JSONValue] = [:]

    /// An object without members.
    public init() {}

    /// An object of the given members; of members with the same name the last value counts.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (key, value) in elements { self[key] = value }
    }

    /// An object of the given members; of members with the same name the last value counts.
    public init(_ members: some Sequence<(key: String, value: JSONValue)>) {
        for (key, value) in members { self[key] = value }
    }

    /// The number of members.
    public var count: Int { keys.count }

    /// True if there are no members.
    public var isEmpty: Bool { keys.isEmpty }

    /// The members, in order.
    public var members: [(key: String, value: JSONValue)] {
        keys.compactMap { key in storage[key].map { (key, $0) } }
    }

    /// The value of a member. A new member goes to the end; setting `nil` removes the member.
    public subscript(key: String) -> JSONValue? {
        get { storage[key] }
        set {
            let isKnown = storage[key] != nil
            storage[key] = newValue
            if newValue == nil {
                if isKnown { keys.removeAll { $0 == key } }
            } else if !isKnown {
                keys.append(key)
            }
        }
    }
}

/// Two objects are equal if they have the same members, in whatever order.
extension JSONObject: Hashable {
    public static func == (left: JSONObject, right: JSONObject) -> Bool { left.storage == right.storage }

    public func hash(into hasher: inout Hasher) { hasher.combine(storage) }
}
