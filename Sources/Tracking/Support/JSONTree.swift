import Foundation

/// A JSON document as a value: what a stored configuration reads as, and what `--json` prints.
public enum JSONTree: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    case number(Double)
    case string(String)
    case array([JSONTree])
    case object([String: JSONTree])

    /// Reads a JSON text.
    ///
    /// - Throws: `DecodingError` when the text is not JSON.
    public init(parsing text: String) throws {
        self = try JSONDecoder().decode(JSONTree.self, from: Data(text.utf8))
    }

    /// The document as JSON text with sorted keys.
    ///
    /// Numbers are written with the fewest digits that read back to the same value; NaN and the
    /// infinities, which JSON lacks, become the strings "nan", "inf" and "-inf".
    ///
    /// - Parameter pretty: on several lines, indented by two spaces.
    public func text(pretty: Bool = false) -> String {
        var output = ""
        write(to: &output, indentation: pretty ? 0 : nil)
        return output
    }

    /// The leaves by dotted path: `model.depth`, `losses.0.weight`.
    ///
    /// Lists of plain values stay one leaf; lists that hold objects are entered by index.
    public func flattened() -> [(key: String, value: JSONTree)] {
        var leaves: [(key: String, value: JSONTree)] = []
        collect(prefix: "", into: &leaves)
        return leaves
    }

    private func collect(prefix: String, into leaves: inout [(key: String, value: JSONTree)]) {
        func path(_ part: String) -> String { prefix.isEmpty ? part : prefix + "." + part }
        switch self {
        case .object(let members) where !members.isEmpty:
            for key in members.keys.sorted() { members[key]?.collect(prefix: path(key), into: &leaves) }
        case .array(let elements) where elements.contains(where: \.isContainer):
            for (index, element) in elements.enumerated() {
                element.collect(prefix: path(String(index)), into: &leaves)
            }
        default:
            leaves.append((prefix, self))
        }
    }

    private var isContainer: Bool {
        switch self {
        case .object, .array: true
        default: false
        }
    }

    private func write(to output: inout String, indentation: Int?) {
        switch self {
        case .null: output += "null"
        case .bool(let value): output += value ? "true" : "false"
        case .integer(let value): output += String(value)
        case .unsigned(let value): output += String(value)
        case .number(let value): output += Self.text(of: value)
        case .string(let value): Self.write(value, to: &output)
        case .array(let elements):
            Self.writeList(elements, "[", "]", to: &output, indentation) { element, output, inner in
                element.write(to: &output, indentation: inner)
            }
        case .object(let members):
            let sorted = members.sorted { $0.key < $1.key }
            Self.writeList(sorted, "{", "}", to: &output, indentation) { member, output, inner in
                Self.write(member.key, to: &output)
                output += inner == nil ? ":" : ": "
                member.value.write(to: &output, indentation: inner)
            }
        }
    }

    private static func writeList<Element>(
        _ elements: [Element], _ open: String, _ close: String, to output: inout String, _ indentation: Int?,
        writeElement: (Element, inout String, Int?) -> Void
    ) {
        output += open
        let inner = indentation.map { $0 + 2 }
        for (index, element) in elements.enumerated() {
            if index > 0 { output += "," }
            if let inner { output += "\n" + String(repeating: " ", count: inner) }
            writeElement(element, &output, inner)
        }
        if let indentation, !elements.isEmpty {
            output += "\n" + String(repeating: " ", count: indentation)
        }
        output += close
    }

    private static func text(of value: Double) -> String {
        if value.isNaN { return "\"nan\"" }
        if value.isInfinite { return value > 0 ? "\"inf\"" : "\"-inf\"" }
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func write(_ text: String, to output: inout String) {
        output += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: output.unicodeScalars.append(scalar)
            }
        }
        output += "\""
    }
}

extension JSONTree: Decodable {
    public init(from decoder: any Decoder) throws {
        if let members = try? [String: JSONTree](from: decoder) {
            self = .object(members)
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(UInt64.self) {
            self = .unsigned(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else {
            self = .array(try container.decode([JSONTree].self))
        }
    }
}

extension JSONTree {
    /// The string, or null.
    public init(_ text: String?) {
        self = text.map(JSONTree.string) ?? .null
    }

    /// The whole number, or null.
    public init(_ value: Int?) {
        self = value.map { .integer(Int64($0)) } ?? .null
    }

    /// The number, or null.
    public init(_ value: Double?) {
        self = value.map(JSONTree.number) ?? .null
    }
}
