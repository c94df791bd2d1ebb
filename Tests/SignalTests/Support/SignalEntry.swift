import StrictJSON

/// One entry of `signal.json`: what was computed, from what, and how closely a value has to agree.
struct SignalEntry {
    /// The whole entry as it stands in the file.
    let value: JSONValue
    let id: String
    let group: String
    let function: String

    init(_ value: JSONValue) throws {
        self.value = value
        id = try require(value["id"]?.stringValue, "an entry without id")
        group = try require(value["group"]?.stringValue, "\(id): no group")
        function = value["function"]?.stringValue ?? ""
    }

    // MARK: Parameters

    /// A parameter, or nil if it is missing or null.
    func parameter(_ name: String) -> JSONValue? {
        guard let value = value["params"]?[name], value != .null else { return nil }
        return value
    }

    func integer(_ name: String) throws -> Int {
        try require(parameter(name)?.intValue, "no whole number \(name) in params")
    }

    func number(_ name: String) throws -> Double {
        try require(parameter(name)?.doubleValue, "no number \(name) in params")
    }

    func text(_ name: String) throws -> String {
        try require(parameter(name)?.stringValue, "no text \(name) in params")
    }

    func flag(_ name: String) throws -> Bool {
        try require(parameter(name)?.boolValue, "no truth value \(name) in params")
    }

    // MARK: Expectations

    /// A number of `scalars`; a path descends into objects ("nnls.mel_rel_error" is ["nnls", "mel_rel_error"]).
    func scalar(_ path: String...) throws -> Double {
        let found = path.reduce(value["scalars"]) { $0?[$1] }
        return try require(found?.doubleValue, "no scalar \(path.joined(separator: " / "))")
    }

    func hasScalar(_ name: String) -> Bool { value["scalars"]?[name]?.doubleValue != nil }

    /// A number of `tolerance`; 0 if it is not given.
    func tolerance(_ name: String) -> Double { value["tolerance"]?[name]?.doubleValue ?? 0 }

    /// The names of the expected arrays.
    var outputs: [String] { value["outputs"]?.objectValue?.keys ?? [] }

    /// The shape of an expected array.
    func shape(_ role: String) throws -> [Int] {
        try require(
            value["outputs"]?[role]?["shape"]?.arrayValue?.compactMap(\.intValue), "no output \(role)")
    }
}

/// What keeps an entry from being checked; it counts as failed.
struct BrokenReference: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// The value, or an error that says what is missing.
func require<Value>(_ value: Value?, _ message: @autoclosure () -> String) throws -> Value {
    guard let value else { throw BrokenReference(message()) }
    return value
}
