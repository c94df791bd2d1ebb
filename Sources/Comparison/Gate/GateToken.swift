/// A word of a gate expression.
struct GateToken: Equatable {
    enum Kind: Equatable {
        case number(Double)
        /// `b.test/pesq`: a side or run and a figure.
        case figure(side: String, name: String)
        /// A function or `and`, `or`, `not`.
        case word(String)
        /// `+ - * / ( ) , < <= > >= == !=`
        case symbol(String)
        case end
    }

    var kind: Kind
    /// Characters from the start of the expression.
    var start: Int
    var end: Int
}

/// Cuts a gate expression into words.
///
/// A figure's name may hold letters, digits, `_`, `/`, `.`, `:` and a class in brackets; a name with other
/// characters stands in quotes: `a."validation/si-sdr"`. So a slash between names needs spaces to divide.
struct GateLexer {
    private let expression: String
    private let characters: [Character]
    private var place = 0

    init(_ expression: String) {
        self.expression = expression
        characters = Array(expression)
    }

    static func tokens(of expression: String) throws(GateError) -> [GateToken] {
        var lexer = GateLexer(expression)
        var tokens: [GateToken] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private func error(_ reason: String, from start: Int) -> GateError {
        GateError(
            kind: .syntax, expression: expression, start: start, end: max(start + 1, place), reason: reason)
    }

    private var current: Character? { place < characters.count ? characters[place] : nil }

    private mutating func take(while isTaken: (Character) -> Bool) -> String {
        var text = ""
        while let character = current, isTaken(character) {
            text.append(character)
            place += 1
        }
        return text
    }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }

    private static func isNamePart(_ character: Character) -> Bool {
        character.isLetter || isDigit(character) || "_/.:".contains(character)
    }

    private mutating func next() throws(GateError) -> GateToken {
        _ = take { $0.isWhitespace }
        let start = place
        guard let character = current else { return GateToken(kind: .end, start: start, end: start + 1) }
        let kind: GateToken.Kind
        if Self.isDigit(character) || character == "." {
            kind = try number()
        } else if character.isLetter || character == "_" {
            kind = try nameOrWord()
        } else {
            kind = try symbol(character)
        }
        return GateToken(kind: kind, start: start, end: place)
    }

    private mutating func number() throws(GateError) -> GateToken.Kind {
        let start = place
        var text = take { Self.isDigit($0) || $0 == "." }
        if let mark = current, mark == "e" || mark == "E" {
            text.append("e")
            place += 1
            if let sign = current, sign == "+" || sign == "-" {
                text.append(sign)
                place += 1
            }
            text += take(while: Self.isDigit)
        }
        if let next = current, next.isLetter || next == "_" {
            _ = take(while: Self.isNamePart)
            throw error("a number cannot be followed by letters", from: start)
        }
        guard let value = Double(text), value.isFinite else {
            throw error("'\(text)' is not a number", from: start)
        }
        return .number(value)
    }

    private mutating func nameOrWord() throws(GateError) -> GateToken.Kind {
        let start = place
        let word = take { $0.isLetter || Self.isDigit($0) || $0 == "_" }
        guard current == "." else { return .word(word) }
        place += 1
        var name: String
        if current == "\"" {
            place += 1
            name = take { $0 != "\"" }
            guard current == "\"" else { throw error("the quote is not closed", from: start) }
            place += 1
        } else {
            name = take(while: Self.isNamePart)
            if current == "[" {
                name += take { $0 != "]" }
                guard current == "]" else { throw error("the bracket is not closed", from: start) }
                place += 1
                name += "]"
            }
        }
        if name.isEmpty {
            throw error("after '\(word).' the name of a metric is expected, such as test/pesq", from: start)
        }
        return .figure(side: word, name: name)
    }

    private mutating func symbol(_ character: Character) throws(GateError) -> GateToken.Kind {
        let start = place
        place += 1
        let isCompound = current == "=" && "<>=!".contains(character)
        if isCompound { place += 1 }
        let text = String(characters[start..<place])
        if text == "=" { throw error("'=' does not compare; use '=='", from: start) }
        guard ["+", "-", "*", "/", "(", ")", ",", "<", "<=", ">", ">=", "==", "!="].contains(text) else {
            throw error("unexpected character '\(character)'", from: start)
        }
        return .symbol(text)
    }
}
