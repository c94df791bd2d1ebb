import StrictJSON

/// What a trial changes of the base experiment: dotted keys with their values.
public struct Assignment: Sendable, Hashable {
    public private(set) var values: JSONObject

    public init(_ values: JSONObject = [:]) { self.values = values }

    /// Reads what `json` wrote.
    public init?(_ json: JSONValue) {
        guard let object = json.objectValue else { return nil }
        values = object
    }

    public subscript(key: String) -> JSONValue? {
        get { values[key] }
        set { values[key] = newValue }
    }

    public var json: JSONValue { .object(values) }

    /// The arguments of `--set`, in order; `seed` comes last.
    public func overrides(seed: Int? = nil) -> [String] {
        values.members.map { "\($0.key)=\($0.value.canonicalText)" } + (seed.map { ["seed=\($0)"] } ?? [])
    }

    /// For people: `optimizer.learning_rate=0.001 model.depth=4`; `(base)` where nothing changes.
    public var text: String {
        values.isEmpty
            ? "(base)"
            : values.members.map { "\($0.key)=\($0.value.stringValue ?? $0.value.compactText)" }
                .joined(separator: " ")
    }
}
