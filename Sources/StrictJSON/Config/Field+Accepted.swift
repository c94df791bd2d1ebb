extension Field {
    /// A field whose values lie in a range: `Field("depth", \.depth, in: 1...8, "levels of the U-Net")`.
    public init<Value: ConfigValue, Accepted: ConfigRange<Value>>(
        _ key: String, _ property: WritableKeyPath<Root, Value> & Sendable, in range: Accepted,
        required: Bool = false, _ documentation: String
    ) {
        self.init(key, property, required, documentation, accepted: range.summary) { value, path in
            try check(value, in: range, at: path)
        }
    }

    /// A field that holds `null` or a value from a range.
    public init<Value: ConfigValue, Accepted: ConfigRange<Value>>(
        _ key: String, _ property: WritableKeyPath<Root, Value?> & Sendable, in range: Accepted,
        _ documentation: String
    ) {
        self.init(key, property, false, documentation, accepted: range.summary) { value, path in
            if let value { try check(value, in: range, at: path) }
        }
    }

    /// A field that accepts the listed values alone: `Field("rate", \.rate, oneOf: [16000, 48000], "Hz")`.
    public init<Value: ConfigValue & Equatable>(
        _ key: String, _ property: WritableKeyPath<Root, Value> & Sendable, oneOf choices: [Value],
        required: Bool = false, _ documentation: String
    ) {
        let accepted = "one of " + choices.map(\.json.canonicalText).joined(separator: ", ")
        self.init(key, property, required, documentation, accepted: accepted) { value, path in
            guard choices.contains(value) else {
                throw JSONError(
                    at: path, "\(value.json.canonicalText) is not accepted; accepted: \(accepted)")
            }
        }
    }

    /// A field that holds an array with a number of elements from a range.
    public init<Element: ConfigValue, Count: ConfigRange<Int>>(
        _ key: String, _ property: WritableKeyPath<Root, [Element]> & Sendable, count: Count,
        required: Bool = false, _ documentation: String
    ) {
        let accepted = "number of elements: \(count.summary)"
        self.init(key, property, required, documentation, accepted: accepted) { values, path in
            try check(values, count: count, at: path)
        }
    }

    /// A field that holds an array with elements and a number of elements from ranges.
    public init<Element: ConfigValue, Accepted: ConfigRange<Element>, Count: ConfigRange<Int>>(
        _ key: String, _ property: WritableKeyPath<Root, [Element]> & Sendable, count: Count,
        each range: Accepted, required: Bool = false, _ documentation: String
    ) {
        let accepted = "each \(range.summary), number of elements: \(count.summary)"
        self.init(key, property, required, documentation, accepted: accepted) { values, path in
            try check(values, count: count, at: path)
            for (index, value) in values.enumerated() {
                try check(value, in: range, at: path.appending(index))
            }
        }
    }
}

private func check<Value: ConfigValue, Accepted: ConfigRange<Value>>(
    _ value: Value, in range: Accepted, at path: JSONPath
) throws {
    guard range.contains(value) else {
        throw JSONError(at: path, "\(value.json.canonicalText) is out of range; accepted: \(range.summary)")
    }
}

private func check<Element, Count: ConfigRange<Int>>(
    _ values: [Element], count: Count, at path: JSONPath
) throws {
    guard count.contains(values.count) else {
        throw JSONError(
            at: path, "\(values.count) elements are not accepted; accepted number: \(count.summary)")
    }
}
