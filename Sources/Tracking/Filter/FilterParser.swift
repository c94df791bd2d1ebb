import StrictJSON

/// Recursive descent over the grammar of `FilterExpression`.
struct FilterParser {
    /// Longer expressions are no filter that a person wrote, and SQLite limits what it can take.
    static let longest = 20_000
    static let deepest = 100

    private static let keywords = ["and", "or", "not", "in", "is", "contains", "undefined"]

    private let text: String
    private let tokens: [FilterToken]
    private var index = 0
    private var depth = 0

    init(_ text: String) throws(FilterError) {
        guard text.count <= Self.longest else {
            throw FilterError(
                "the expression has \(text.count) characters; \(Self.longest) are accepted", in: text,
                at: 0..<1)
        }
        self.text = text
        tokens = try FilterLexer.tokens(of: text)
    }

    private var token: FilterToken { tokens[index] }

    mutating func parse() throws(FilterError) -> FilterExpression.Node {
        if token.kind == .end {
            throw error("the filter is empty; write something like val/loss < 0.1 or tag = baseline")
        }
        let node = try either()
        guard token.kind == .end else {
            if token.kind == .mark(")") { throw error("this ) closes nothing") }
            throw error("expected 'and', 'or' or the end\(suggested(["and", "or"]))")
        }
        return node
    }

    private mutating func either() throws(FilterError) -> FilterExpression.Node {
        var parts = [try both()]
        while take("or") { parts.append(try both()) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func both() throws(FilterError) -> FilterExpression.Node {
        var parts = [try negation()]
        while take("and") { parts.append(try negation()) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func negation() throws(FilterError) -> FilterExpression.Node {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else {
            throw error("more than \(Self.deepest) levels of brackets and 'not'")
        }
        if take("not") { return .not(try negation()) }
        guard token.kind == .mark("(") else { return try test() }
        let opening = token
        index += 1
        let node = try either()
        guard token.kind == .mark(")") else {
            if token.kind == .end {
                throw FilterError("this ( is never closed", in: text, at: opening.range)
            }
            throw error("expected 'and', 'or' or )\(suggested(["and", "or"]))")
        }
        index += 1
        return node
    }

    private mutating func test() throws(FilterError) -> FilterExpression.Node {
        guard token.kind == .word && !isKeyword || token.kind == .quoted else {
            throw error(
                "expected a name, such as val/loss, model.depth, tag or started"
                    + (isKeyword ? "; a name that is also a keyword stands in quotation marks" : ""))
        }
        let name = word()
        if case .comparison(let comparison) = token.kind {
            index += 1
            return .test(name, .compared(comparison, try value()))
        }
        if take("is") {
            let negated = take("not")
            if take("undefined") { return .test(name, .undefined(negated: negated)) }
            throw error(
                "expected '\(negated ? "" : "not ")undefined'; a value is compared with = or !=")
        }
        let negated = take("not")
        if take("contains") { return .test(name, .contains(try value(), negated: negated)) }
        if take("in") { return .test(name, .oneOf(try list(), negated: negated)) }
        let accepted = negated ? "'contains' or 'in'" : "=, !=, <, <=, >, >=, contains, in or is"
        let known = negated ? ["contains", "in"] : ["contains", "in", "is"]
        throw error("expected \(accepted) after \(name.text)\(suggested(known))")
    }

    private mutating func list() throws(FilterError) -> [FilterExpression.Word] {
        let opening = token
        guard opening.kind == .mark("[") else {
            throw error("expected a list in square brackets, such as [finished, crashed]")
        }
        index += 1
        var values: [FilterExpression.Word] = []
        while token.kind != .mark("]") {
            if !values.isEmpty {
                guard token.kind == .mark(",") else {
                    if token.kind == .end {
                        throw FilterError("this [ is never closed", in: text, at: opening.range)
                    }
                    throw error("expected a comma or ]")
                }
                index += 1
            }
            values.append(try value())
        }
        guard !values.isEmpty else { throw error("the list is empty; name at least one value") }
        index += 1
        return values
    }

    private mutating func value() throws(FilterError) -> FilterExpression.Word {
        switch token.kind {
        case .quoted: return word()
        case .word where !isKeyword: return word()
        case .word:
            throw error("expected a value; the word '\(token.text)' as a value stands in quotation marks")
        default: throw error("expected a value")
        }
    }

    private mutating func word() -> FilterExpression.Word {
        defer { index += 1 }
        return .init(text: token.text, isQuoted: token.kind == .quoted, range: token.range)
    }

    private var isKeyword: Bool {
        token.kind == .word && Self.keywords.contains(token.text.lowercased())
    }

    private mutating func take(_ keyword: String) -> Bool {
        guard token.kind == .word, token.text.lowercased() == keyword else { return false }
        index += 1
        return true
    }

    /// An error at the present token.
    private func error(_ reason: String) -> FilterError {
        let found = token.kind == .end ? "the expression ends here: " : ""
        return FilterError(found + reason, in: text, at: token.range)
    }

    private func suggested(_ known: [String]) -> String {
        guard token.kind == .word, let nearest = nearestName(to: token.text, among: known) else { return "" }
        return "; did you mean '\(nearest)'?"
    }
}
