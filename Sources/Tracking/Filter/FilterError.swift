import Foundation

/// What is wrong with a filter expression, a column or a sort key, with the place in the text.
///
///     no attribute, metric or key is called 'val/pesk'; did you mean 'val/pesq'?
///       val/pesk > 2.8
///       ^^^^^^^^
public struct FilterError: Error, Equatable, CustomStringConvertible {
    public enum Kind: Sendable {
        /// The text does not follow the language.
        case syntax
        /// A name that no run of the workspace has.
        case unknownName
    }

    public let kind: Kind
    /// The whole expression.
    public let expression: String
    /// The characters of the expression that are meant, from 0; empty at its end.
    public let range: Range<Int>
    /// What is wrong and what would be accepted.
    public let reason: String

    public init(_ reason: String, kind: Kind = .syntax, in expression: String, at range: Range<Int>) {
        self.kind = kind
        self.expression = expression
        self.range = range
        self.reason = reason
    }

    public var description: String {
        reason.map { $0.isNewline ? " " : String($0) }.joined() + "\n"
            + Self.pointer(to: range, in: expression)
    }

    /// The line of a text that holds a range, and carets below the range. Of a long line a part is shown.
    public static func pointer(to range: Range<Int>, in text: String) -> String {
        // Control characters would spoil the line below; each takes one column as a space.
        let characters = text.map { character -> Character in
            character.isNewline || character.unicodeScalars.allSatisfy { $0.value < 32 || $0.value == 127 }
                ? " " : character
        }
        let start = min(range.lowerBound, characters.count)
        let first = start > 60 ? start - 50 : 0
        let last = min(characters.count, first + 100)
        let shown = String(characters[first..<last])
        let carets = max(1, min(range.upperBound, last) - start)
        let before = (first > 0 ? "..." : "") + String(characters[first..<start])
        return "  \(first > 0 ? "..." : "")\(shown)\(last < characters.count ? "..." : "")\n"
            + "  " + before.map { columns($0) }.joined()
            + String(repeating: "^", count: carets)
    }

    /// As many spaces as a character takes columns; East Asian characters and emoji take two.
    private static func columns(_ character: Character) -> String {
        let value = character.unicodeScalars.first?.value ?? 0
        let isWide =
            (0x1100...0x115f).contains(value) || (0x2e80...0xd7a3).contains(value)
            || (0xff00...0xff60).contains(value) || (0x1f300...0x1f9ff).contains(value)
        return isWide ? "  " : " "
    }
}
