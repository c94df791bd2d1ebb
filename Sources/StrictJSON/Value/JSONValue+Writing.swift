extension JSONValue {
    /// The one text of this value: member names sorted by their UTF-8 bytes, no spaces, numbers in the
    /// shortest form that reads back as the same value.
    ///
    /// Numbers that JSON cannot hold (not a number, infinite) are written as `null`.
    public var canonicalText: String {
        var text = ""
        write(to: &text, sortingKeys: true)
        return text
    }

    /// This value on one line, members in their own order, numbers as in `canonicalText`.
    public var compactText: String {
        var text = ""
        write(to: &text, sortingKeys: false)
        return text
    }

    /// This value for people: members in their own order, one a line, two spaces of indent, short arrays of
    /// scalars on one line; ends without a line break.
    public var prettyText: String {
        var text = ""
        writePretty(to: &text, indent: 0)
        return text
    }

    private func write(to text: inout String, sortingKeys: Bool) {
        switch self {
        case .null: text += "null"
        case .bool(let flag): text += flag ? "true" : "false"
        case .integer(let number): text += String(number)
        case .unsigned(let number): text += String(number)
        case .number(let number): text += shortestText(number)
        case .string(let string): writeQuoted(string, to: &text)
        case .array(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += "," }
                element.write(to: &text, sortingKeys: sortingKeys)
            }
            text += "]"
        case .object(let object):
            let members =
                sortingKeys
                ? object.members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                : object.members
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                writeQuoted(member.key, to: &text)
                text += ":"
                member.value.write(to: &text, sortingKeys: sortingKeys)
            }
            text += "}"
        }
    }

    private func writePretty(to text: inout String, indent: Int) {
        let margin = String(repeating: "  ", count: indent)
        switch self {
        case .array(let elements) where !elements.isEmpty:
            if let line = oneLine(elements), line.count + 2 * indent <= 90 {
                text += line
                return
            }
            text += "["
            for (index, element) in elements.enumerated() {
                text += (index > 0 ? "," : "") + "\n\(margin)  "
                element.writePretty(to: &text, indent: indent + 1)
            }
            text += "\n\(margin)]"
        case .object(let object) where !object.isEmpty:
            text += "{"
            for (index, member) in object.members.enumerated() {
                text += (index > 0 ? "," : "") + "\n\(margin)  "
                writeQuoted(member.key, to: &text)
                text += ": "
                member.value.writePretty(to: &text, indent: indent + 1)
            }
            text += "\n\(margin)}"
        default:
            write(to: &text, sortingKeys: false)
        }
    }

    /// An array of scalars written on one line; `nil` if it holds arrays or objects.
    private func oneLine(_ elements: [JSONValue]) -> String? {
        guard elements.allSatisfy(\.isScalar) else { return nil }
        return "[" + elements.map(\.compactText).joined(separator: ", ") + "]"
    }

    /// True for anything but arrays and objects.
    public var isScalar: Bool {
        switch self {
        case .array, .object: false
        default: true
        }
    }
}

/// The shortest text that reads back as the same number; whole numbers below 2^53 without a fraction.
func shortestText(_ number: Double) -> String {
    guard number.isFinite else { return "null" }
    if abs(number) < 0x1p53, let whole = Int(exactly: number) {
        return whole == 0 && number.sign == .minus ? "-0" : String(whole)
    }
    let text = number.description
    guard let mark = text.firstIndex(of: "e") else {
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
    // Swift writes exponents as in 1e-05 and 1e+20; here they are 1e-5 and 1e20.
    let exponent = text[text.index(after: mark)...]
    let digits = exponent.drop { $0 == "+" || $0 == "-" }.drop { $0 == "0" }
    return text[..<mark] + "e" + (exponent.hasPrefix("-") ? "-" : "") + digits
}

private func writeQuoted(_ string: String, to text: inout String) {
    text += "\""
    defer { text += "\"" }
    // Most texts stand for themselves.
    if string.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
        text += string
        return
    }
    for scalar in string.unicodeScalars {
        switch scalar {
        case "\"": text += "\\\""
        case "\\": text += "\\\\"
        case "\n": text += "\\n"
        case "\r": text += "\\r"
        case "\t": text += "\\t"
        case "\u{8}": text += "\\b"
        case "\u{c}": text += "\\f"
        case let control where control.value < 0x20:
            let digits = String(control.value, radix: 16)
            text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: text.unicodeScalars.append(scalar)
        }
    }
}

/// A text in quotation marks for an error message: escaped as in JSON, so on one line, and not endless.
public func quoted(_ text: String, limit: Int = 60) -> String {
    "\"" + abbreviated(text, limit: limit) + "\""
}

/// A text escaped as in JSON and cut to at most `limit` characters.
func abbreviated(_ text: String, limit: Int) -> String {
    let head = text.unicodeScalars.prefix(limit + 1)
    var escaped = ""
    writeQuoted(String(String.UnicodeScalarView(head.prefix(limit))), to: &escaped)
    return escaped.dropFirst().dropLast() + (head.count > limit ? "..." : "")
}
