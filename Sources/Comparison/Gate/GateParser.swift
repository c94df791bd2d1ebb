/// Reads a gate expression by recursive descent: `or` binds weakest, then `and`, `not`, comparisons, sums, products.
struct GateParser {
    private let text: String
    private let tokens: [GateToken]
    private var place = 0
    /// Parentheses, signs and `not` within each other; a limit keeps a hostile text from exhausting the stack.
    private var depth = 0

    private static let deepest = 100

    init(_ text: String, _ tokens: [GateToken]) {
        self.text = text
        self.tokens = tokens
    }

    private var token: GateToken { tokens[min(place, tokens.count - 1)] }

    private func error(_ reason: String, at token: GateToken) -> GateError {
        GateError(
            kind: .syntax, expression: text, start: token.start, end: token.end, reason: reason)
    }

    private mutating func take(_ kind: GateToken.Kind) -> Bool {
        guard token.kind == kind else { return false }
        place += 1
        return true
    }

    private mutating func descend(_ token: GateToken) throws(GateError) {
        depth += 1
        if depth > Self.deepest { throw error("more than \(Self.deepest) levels of nesting", at: token) }
    }

    mutating func parse() throws(GateError) -> GateExpression.Condition {
        let condition = try either()
        guard token.kind == .end else {
            throw error("expected 'and', 'or' or the end of the expression", at: token)
        }
        return condition
    }

    // MARK: Conditions

    private mutating func either() throws(GateError) -> GateExpression.Condition {
        var condition = try both()
        while take(.word("or")) { condition = .or(condition, try both()) }
        return condition
    }

    private mutating func both() throws(GateError) -> GateExpression.Condition {
        var condition = try single()
        while take(.word("and")) { condition = .and(condition, try single()) }
        return condition
    }

    private mutating func single() throws(GateError) -> GateExpression.Condition {
        let start = token
        if take(.word("not")) {
            try descend(start)
            let condition = try single()
            depth -= 1
            return .not(condition)
        }
        if token.kind == .symbol("("), isCondition(from: place + 1) {
            try descend(start)
            place += 1
            let condition = try either()
            depth -= 1
            guard take(.symbol(")")) else { throw error("expected ')'", at: token) }
            return condition
        }
        return try comparison()
    }

    /// Whether the parenthesis that was opened before `first` holds a condition rather than a value.
    private func isCondition(from first: Int) -> Bool {
        var open = 1
        for token in tokens[first...] {
            switch token.kind {
            case .symbol("("): open += 1
            case .symbol(")"): open -= 1
            case .symbol(let text) where Self.comparisons.contains(text): return true
            case .word("and"), .word("or"), .word("not"): return true
            default: break
            }
            if open == 0 { return false }
        }
        return false
    }

    private static let comparisons: Set<String> = ["<", "<=", ">", ">=", "==", "!="]

    private mutating func comparison() throws(GateError) -> GateExpression.Condition {
        let first = try sum()
        guard case .symbol(let sign) = token.kind, Self.comparisons.contains(sign) else {
            throw error("expected a comparison: <, <=, >, >=, == or !=", at: token)
        }
        place += 1
        let second = try sum()
        if case .symbol(let next) = token.kind, Self.comparisons.contains(next) {
            throw error("comparisons do not chain; join two with 'and'", at: token)
        }
        return .compare(first, sign, second)
    }

    // MARK: Values

    private mutating func sum() throws(GateError) -> GateExpression.Value {
        var value = try product()
        while case .symbol(let sign) = token.kind, sign == "+" || sign == "-" {
            place += 1
            value = .arithmetic(value, sign, try product())
        }
        return value
    }

    private mutating func product() throws(GateError) -> GateExpression.Value {
        var value = try operand()
        while case .symbol(let sign) = token.kind, sign == "*" || sign == "/" {
            place += 1
            value = .arithmetic(value, sign, try operand())
        }
        return value
    }

    private mutating func operand() throws(GateError) -> GateExpression.Value {
        let start = token
        try descend(start)
        defer { depth -= 1 }
        switch start.kind {
        case .number(let number):
            place += 1
            return .number(number)
        case .figure(let side, let name):
            place += 1
            return .figure(.init(side: side, name: name, start: start.start, end: start.end))
        case .symbol("-"):
            place += 1
            return .negative(try operand())
        case .symbol("("):
            place += 1
            let value = try sum()
            guard take(.symbol(")")) else { throw error("expected ')'", at: token) }
            return value
        case .word(let word) where tokens[min(place + 1, tokens.count - 1)].kind == .symbol("("):
            place += 2
            return try call(word, at: start)
        case .word(let word) where !["and", "or", "not"].contains(word):
            throw error("'\(word)' lacks a metric: write \(word).test/pesq", at: start)
        default:
            throw error("expected a number, a figure such as a.test/pesq, a function or '('", at: start)
        }
    }

    private mutating func call(_ word: String, at start: GateToken) throws(GateError) -> GateExpression.Value
    {
        if let statistic = GateExpression.Statistic(rawValue: word) {
            let argument = token
            guard case .figure(let side, let name) = argument.kind else {
                throw error("\(word)() takes one figure, such as \(word)(b.test/pesq)", at: argument)
            }
            place += 1
            guard take(.symbol(")")) else { throw error("expected ')'", at: token) }
            return .statistic(
                statistic, .init(side: side, name: name, start: argument.start, end: argument.end))
        }
        guard let function = GateExpression.Function(rawValue: word) else {
            throw error("no function '\(word)'; there are abs, min, max, diff, low, high, p", at: start)
        }
        var arguments = [try sum()]
        while take(.symbol(",")) { arguments.append(try sum()) }
        guard take(.symbol(")")) else { throw error("expected ',' or ')'", at: token) }
        if function == .abs && arguments.count > 1 { throw error("abs() takes one value", at: start) }
        return .call(function, arguments)
    }
}
