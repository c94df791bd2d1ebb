import Foundation

/// Comma-separated values (RFC 4180).
public enum CSV {
    /// A field, in quotation marks where it needs them.
    public static func quoted(_ text: String) -> String {
        guard text.contains(where: { ",\"\r\n".contains($0) || $0.isNewline }) else { return text }
        return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }

    /// A number that reads back as the same one; `nan`, `inf`, `-inf`.
    public static func number(_ value: Double) -> String {
        value.isNaN ? "nan" : value.isInfinite ? (value > 0 ? "inf" : "-inf") : "\(value)"
    }

    /// A moment as seconds since 1970 to the microsecond.
    public static func seconds(_ time: Date) -> String {
        let microseconds = time.microseconds
        let fraction = String(abs(microseconds % 1_000_000))
        return (microseconds < 0 ? "-" : "") + "\(abs(microseconds / 1_000_000))."
            + String(repeating: "0", count: 6 - fraction.count) + fraction
    }
}

/// Reads comma-separated values row by row (RFC 4180; line feeds alone end lines, too).
struct CSVReader {
    /// A field with the line and column (both from 1, columns counting bytes) where it begins.
    struct Field {
        var text: String
        var line: Int
        var column: Int
    }

    struct Malformed: Error {
        let line: Int
        let column: Int
        let reason: String
    }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var lineStart = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // A byte order mark, as spreadsheets write it.
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { (position, lineStart) = (3, 3) }
    }

    /// The next row, or nil at the end. Empty lines are passed over.
    mutating func next() throws(Malformed) -> [Field]? {
        while position < bytes.count, bytes[position] == 10 || bytes[position] == 13 { endLine() }
        if position >= bytes.count { return nil }
        var row: [Field] = []
        while true {
            row.append(try field())
            guard position < bytes.count, bytes[position] == UInt8(ascii: ",") else { break }
            position += 1
        }
        if position < bytes.count { endLine() }
        return row
    }

    /// Passes over one carriage return, line feed, or both.
    private mutating func endLine() {
        if bytes[position] == 13, position + 1 < bytes.count, bytes[position + 1] == 10 { position += 1 }
        position += 1
        line += 1
        lineStart = position
    }

    private mutating func field() throws(Malformed) -> Field {
        let (startLine, startColumn) = (line, position - lineStart + 1)
        func malformed(_ reason: String) -> Malformed {
            Malformed(line: startLine, column: startColumn, reason: reason)
        }
        var content: [UInt8] = []
        if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
            position += 1
            while true {
                guard position < bytes.count else { throw malformed("a quotation mark is never closed") }
                let byte = bytes[position]
                position += 1
                if byte == UInt8(ascii: "\"") {
                    guard position < bytes.count, bytes[position] == byte else { break }
                    position += 1
                } else if byte == 10 {
                    line += 1
                    lineStart = position
                }
                content.append(byte)
            }
            guard position >= bytes.count || [10, 13, UInt8(ascii: ",")].contains(bytes[position]) else {
                throw malformed("text follows the closing quotation mark")
            }
        } else {
            let start = position
            while position < bytes.count, ![10, 13, UInt8(ascii: ",")].contains(bytes[position]) {
                position += 1
            }
            content = Array(bytes[start..<position])
        }
        guard let text = String(validating: content, as: UTF8.self) else {
            throw malformed("it is no UTF-8 text")
        }
        return Field(text: text, line: startLine, column: startColumn)
    }
}
