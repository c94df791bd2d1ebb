import StrictJSON

/// Prints what `JSONOutput` would print of many objects with the same keys, without making the objects: thousands of
/// rows cost what their texts cost.
struct JSONRowWriter {
    /// The place of each key among the values, and what stands before its value; by name.
    private let members: [(place: Int, head: String)]
    private var rows = ""

    /// - Parameter keys: the names of the values that rows have, each once.
    init(keys: [String]) {
        members = keys.enumerated().sorted { $0.element.utf8.lexicographicallyPrecedes($1.element.utf8) }
            .map { ($0.offset, JSONValue.string($0.element).canonicalText + ":") }
    }

    /// Adds an object with a value for each key.
    mutating func append(_ values: [JSONValue]) {
        rows += rows.isEmpty ? "{" : ",{"
        for (index, member) in members.enumerated() {
            if index > 0 { rows += "," }
            rows += member.head
            rows += JSONOutput.printable(values[member.place]).canonicalText
        }
        rows += "}"
    }

    /// Prints one object with the array of all rows as its only member but the version.
    func write(as key: String) {
        Terminal.write(text(as: key))
    }

    func text(as key: String) -> String {
        "{" + JSONValue.string(key).canonicalText + ":[" + rows + "],\"version\":\(JSONOutput.version)}\n"
    }
}
