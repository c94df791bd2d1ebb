/// A piece of a filter expression with its place, in characters from 0.
struct FilterToken: Equatable {
    enum Kind: Equatable {
        /// A name, a keyword or a plain value.
        case word
        /// A text in quotation marks; never a keyword or a number.
        case quoted
        case comparison(FilterComparison)
        /// One of ( ) [ ] and the comma.
        case mark(Character)
        case end
    }

    let kind: Kind
    /// The text, without quotation marks.
    let text: String
    let range: Range<Int>
}

/// How two values are compared.
enum FilterComparison: String, Sendable {
    case equal = "="
    case different = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
}

/// Cuts a filter expression into tokens.
///
/// A word is everything up to a space, a quotation mark, a bracket, a comma or one of `= ! < >`: names such as
/// `metric:best:val/si_sdr` and values such as `1e-4` or `2026-03-01T12:00` need no quotation marks.
struct FilterLexer {
    private static let operators: [String: FilterComparison] = [
        "=": .equal, "==": .equal, "!=": .different, "<>": .different, "<": .less, "<=": .lessOrEqual,
        ">": .greater, ">=": .greaterOrEqual,
    ]
    /// What other languages write, and what is written here.
    private static let foreign = [
        "!": "not", "=<": "<=", "=>": ">=", "===": "=", "!==": "!=", "&&": "and", "||": "or", "&": "and",
        "|": "or",
    ]

    private let text: String
    private let characters: [Character]
    private var position = 0

    private init(_ text: String) {
        self.text = text
        characters = Array(text)
    }

    /// The tokens of an expression, the last one being `.end`.
    static func tokens(of text: String) throws(FilterError) -> [FilterToken] {
        var lexer = FilterLexer(text)
        var tokens: [FilterToken] = []
        repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
        return tokens
    }

    private mutating func next() throws(FilterError) -> FilterToken {
        while position < characters.count, characters[position].isWhitespace { position += 1 }
        let start = position
        guard start < characters.count else {
            return FilterToken(kind: .end, text: "", range: start..<start)
        }
        let character = characters[start]
        if "()[],".contains(character) {
            position += 1
            return FilterToken(kind: .mark(character), text: String(character), range: start..<position)
        }
        if character == "\"" || character == "'" { return try quoted(by: character) }
        if Self.isOperator(character) {
            while position < characters.count, Self.isOperator(characters[position]) { position += 1 }
            let sign = String(characters[start..<position])
            guard let comparison = Self.operators[sign] else { throw foreign(sign, at: start..<position) }
            return FilterToken(kind: .comparison(comparison), text: sign, range: start..<position)
        }
        while position < characters.count, Self.isWordPart(characters[position]) { position += 1 }
        let word = String(characters[start..<position])
        if Self.foreign[word] != nil { throw foreign(word, at: start..<position) }
        return FilterToken(kind: .word, text: word, range: start..<position)
    }

    private func foreign(_ sign: String, at range: Range<Int>) -> FilterError {
        let advice = Self.foreign[sign].map { "write '\($0)'" } ?? "there are =, !=, <, <=, > and >="
        return FilterError("'\(sign)' is no operator; \(advice)", in: text, at: range)
    }

    private mutating func quoted(by mark: Character) throws(FilterError) -> FilterToken {
        let start = position
        position += 1
        var content = ""
        while position < characters.count, characters[position] != mark {
            if characters[position] == "\\", position + 1 < characters.count { position += 1 }
            content.append(characters[position])
            position += 1
        }
        guard position < characters.count else {
            throw FilterError(
                "the quotation mark \(mark) is never closed", in: text, at: start..<start + 1)
        }
        position += 1
        return FilterToken(kind: .quoted, text: content, range: start..<position)
    }

    private static func isOperator(_ character: Character) -> Bool { "=!<>".contains(character) }

    private static func isWordPart(_ character: Character) -> Bool {
        !character.isWhitespace && !isOperator(character) && !"()[],\"'".contains(character)
    }
}
