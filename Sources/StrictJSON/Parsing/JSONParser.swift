/// Reads JSON as RFC 8259 defines it, and nothing else.
///
/// Refused beside what the grammar refuses: duplicate member names, numbers beyond the range of a double,
/// lone surrogates, invalid UTF-8, a byte order mark, nesting deeper than a limit.
struct JSONParser {
    /// Arrays and objects may lie inside each other this deep: far beyond any config, far below the stack.
    static let maximumDepth = 64

    let bytes: [UInt8]
    var index = 0
    private var path = JSONPath()
    private let isRecording: Bool
    /// Where members' names and arrays' elements start, if asked for.
    private(set) var offsets: [JSONPath: Int] = [:]

    init(_ bytes: [UInt8], recordingOffsets: Bool = false) {
        self.bytes = bytes
        isRecording = recordingOffsets
    }

    /// The value that the whole text holds.
    mutating func document() throws(JSONError) -> JSONValue {
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
            throw failure("the text starts with a byte order mark; save it as UTF-8 without one")
        }
        skipSpaces()
        if isRecording { offsets[path] = index }
        let value = try value(depth: 0)
        skipSpaces()
        if index < bytes.count { throw failure("the document ends here, but \(found) follows") }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard index < bytes.count else { throw failure("a value is missing: the text ends") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: return try word()
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        try enter(depth)
        var object = JSONObject()
        skipSpaces()
        if take("}") { return .object(object) }
        while true {
            let start = index
            guard peek == UInt8(ascii: "\"") else {
                throw failure("expected a member name in double quotes, found \(found)")
            }
            let key = try string()
            path.components.append(key)
            guard object[key] == nil else {
                throw failure("the key \(quoted(key)) appears twice in this object", at: start)
            }
            if isRecording { offsets[path] = start }
            skipSpaces()
            guard take(":") else {
                throw failure("expected \":\" after the member name, found \(found)")
            }
            skipSpaces()
            object[key] = try value(depth: depth + 1)
            path.components.removeLast()
            if try closes("}") { return .object(object) }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        try enter(depth)
        var elements: [JSONValue] = []
        skipSpaces()
        if take("]") { return .array(elements) }
        while true {
            path.components.append(String(elements.count))
            if isRecording { offsets[path] = index }
            elements.append(try value(depth: depth + 1))
            path.components.removeLast()
            if try closes("]") { return .array(elements) }
        }
    }

    private mutating func enter(_ depth: Int) throws(JSONError) {
        guard depth < JSONParser.maximumDepth else {
            throw failure("nested deeper than \(JSONParser.maximumDepth) levels")
        }
        index += 1
    }

    /// Reads what stands between two elements; true if it was the closing bracket.
    private mutating func closes(_ bracket: Character) throws(JSONError) -> Bool {
        skipSpaces()
        if take(bracket) { return true }
        guard take(",") else { throw failure("expected \",\" or \"\(bracket)\", found \(found)") }
        let comma = index - 1
        skipSpaces()
        if peek == bracket.asciiValue {
            throw failure("a comma before \"\(bracket)\" is not JSON", at: comma)
        }
        return false
    }

    private mutating func word() throws(JSONError) -> JSONValue {
        let start = index
        while index < bytes.count, isWord(bytes[index]) { index += 1 }
        let word = String(decoding: bytes[start..<index], as: UTF8.self)
        switch word {
        case "null": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "": throw failure("expected a value, found \(found)")
        default:
            throw failure(
                "\(quoted(word)) is not a JSON value; strings take double quotes, words are true, false, null",
                at: start)
        }
    }

    private func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    // MARK: - Bytes

    var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func take(_ character: Character) -> Bool {
        guard let byte = peek, byte == character.asciiValue else { return false }
        index += 1
        return true
    }

    private mutating func skipSpaces() {
        while let byte = peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { index += 1 }
    }

    /// What stands at the current place, for an error text.
    var found: String {
        guard let byte = peek else { return "the end of the text" }
        if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "#") {
            return "\"\(Character(Unicode.Scalar(byte)))\" (JSON has no comments)"
        }
        if byte < 0x20 || byte == 0x7f { return "the control byte 0x\(String(byte, radix: 16))" }
        let character = String(decoding: bytes[index..<min(index + 4, bytes.count)], as: UTF8.self)
            .unicodeScalars.prefix(1)
        return quoted(String(String.UnicodeScalarView(character)))
    }

    /// An error at the given offset, or at the current place.
    func failure(_ message: String, at offset: Int? = nil) -> JSONError {
        JSONError(kind: .syntax, position: position(of: offset ?? index), path: path, message)
    }

    /// Line and column of a byte offset.
    func position(of offset: Int) -> JSONPosition {
        var line = 1
        var column = 1
        for byte in bytes.prefix(offset) {
            if byte == 0x0a {
                line += 1
                column = 1
            } else if byte & 0xc0 != 0x80 {
                column += 1
            }
        }
        return JSONPosition(line: line, column: column)
    }
}
