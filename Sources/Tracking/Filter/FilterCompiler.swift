import Foundation
import GRDB
import StrictJSON

/// Turns a filter into a condition over the rows of `runs`.
struct FilterCompiler {
    let resolver: FieldResolver
    let fields: FieldSQL
    let now: Date
    let expression: String

    func condition(_ filter: FilterExpression) throws -> SQLPart { try condition(filter.root) }

    private func condition(_ node: FilterExpression.Node) throws -> SQLPart {
        switch node {
        case .all(let parts): return .joined(try parts.map(condition), by: "AND")
        case .any(let parts): return .joined(try parts.map(condition), by: "OR")
        case .not(let part):
            let part = try condition(part)
            return SQLPart("(NOT \(part.sql))", part.arguments)
        case .test(let name, let condition):
            let field = try resolver.field(name, in: expression)
            let part = try test(field, named: name, condition)
            // A test of NULL is NULL, and so would be its opposite.
            return SQLPart("((\(part.sql)) IS TRUE)", part.arguments)
        }
    }

    private func test(
        _ field: RunField, named name: FilterExpression.Word, _ condition: FilterExpression.Condition
    ) throws -> SQLPart {
        switch condition {
        case .undefined(let negated):
            return isUndefined(field, negated: negated)
        case .oneOf(let words, let negated):
            let parts = try words.map { try compared(field, negated ? .different : .equal, $0) }
            return .joined(parts, by: negated ? "AND" : "OR")
        case .compared(let comparison, let word):
            return try compared(field, comparison, word)
        case .contains(let word, let negated):
            return try contains(field, named: name, word, negated: negated)
        }
    }

    private func isUndefined(_ field: RunField, negated: Bool) -> SQLPart {
        let value = fields.value(field)
        guard let notANumber = fields.isNotANumber(field) else {
            return SQLPart("\(value.sql) IS \(negated ? "NOT " : "")NULL", value.arguments)
        }
        return SQLPart(
            "\(negated ? "NOT " : "")(\(value.sql) IS NULL AND NOT \(notANumber.sql))",
            value.arguments + notANumber.arguments)
    }

    // MARK: Comparisons

    private func compared(
        _ field: RunField, _ comparison: FilterComparison, _ word: FilterExpression.Word
    ) throws -> SQLPart {
        switch field {
        case .parameter(let key): return try parameter(key, comparison, word)
        case .metric, .score: return try number(field, comparison, word)
        case .attribute(let attribute):
            switch attribute.kindOfValue {
            case .number: return try number(field, comparison, word)
            case .run: return try run(field, comparison, word)
            case .text: return try text(field, comparison, word)
            case .status: return try status(field, comparison, word)
            case .flag: return try flag(field, comparison, word)
            case .moment: return try moment(field, comparison, word)
            case .span: return try span(field, comparison, word)
            case .tags: return try tag(comparison, word)
            }
        }
    }

    private func error(_ reason: String, _ word: FilterExpression.Word) -> FilterError {
        FilterError(reason, in: expression, at: word.range)
    }

    private func simple(
        _ field: RunField, _ comparison: FilterComparison, _ value: any DatabaseValueConvertible
    ) -> SQLPart {
        let part = fields.value(field)
        return SQLPart("\(part.sql) \(comparison.rawValue) ?", part.arguments + [value])
    }

    private func number(
        _ field: RunField, _ comparison: FilterComparison, _ word: FilterExpression.Word
    ) throws -> SQLPart {
        if case .attribute(.sweep) = field, word.text.hasPrefix("sweep"),
            let id = Int64(word.text.dropFirst(5))
        {
            return simple(field, comparison, id)
        }
        guard let number = FilterLiteral.number(word.text) else {
            throw error("expected a number here, not '\(word.text)'", word)
        }
        // Seeds take 64 bits without a sign; the table holds the same bits with one.
        if case .attribute(.seed) = field, let seed = UInt64(word.text) {
            return simple(field, comparison, Int64(bitPattern: seed))
        }
        if case .attribute = field, let whole = Int64(word.text) { return simple(field, comparison, whole) }
        let notANumber = fields.isNotANumber(field)
        guard number.isNaN else {
            guard comparison == .different, let notANumber else { return simple(field, comparison, number) }
            let part = simple(field, comparison, number)
            return SQLPart("\(notANumber.sql) OR \(part.sql)", notANumber.arguments + part.arguments)
        }
        let value = fields.value(field)
        switch comparison {
        case .equal: return notANumber ?? SQLPart("0")
        case .different: return SQLPart("\(value.sql) IS NOT NULL", value.arguments)
        default: throw error("nan is neither smaller nor greater than a number; use = or !=", word)
        }
    }

    private func parameter(
        _ key: String, _ comparison: FilterComparison, _ word: FilterExpression.Word
    ) throws -> SQLPart {
        let rows = "SELECT 1 FROM params WHERE run_id = runs.id AND key = ?"
        let number = word.isQuoted ? nil : FilterLiteral.number(word.text)
        switch comparison {
        case .equal, .different:
            let not = comparison == .different ? "NOT " : ""
            guard let number, number.isFinite else {
                return SQLPart("EXISTS (\(rows) AND \(not)txt = ?)", [key, word.text])
            }
            return SQLPart(
                "EXISTS (\(rows) AND \(not)CASE WHEN num IS NULL THEN txt = ? ELSE num = ? END)",
                [key, word.text, number])
        default:
            guard let number else {
                throw error("'\(comparison.rawValue)' compares numbers, and '\(word.text)' is none", word)
            }
            return SQLPart("EXISTS (\(rows) AND num \(comparison.rawValue) ?)", [key, number])
        }
    }

    private func run(
        _ field: RunField, _ comparison: FilterComparison, _ word: FilterExpression.Word
    ) throws -> SQLPart {
        guard let id = Run.number(fromAddress: word.text) else {
            throw error("expected a run such as run12 or 12, not '\(word.text)'", word)
        }
        return simple(field, comparison, id)
    }

    private func text(
        _ field: RunField, _ comparison: FilterComparison, _ word: FilterExpression.Word
    ) throws -> SQLPart {
        guard comparison == .equal || comparison == .different else {
            throw error("texts are compared with =, !=, contains and in", word)
        }
        return simple(field, comparison, word.text)
    }

    private func status(
        _ field: RunField, _ comparison: FilterComparison, _ word: FilterExpression.Word
    ) throws -> SQLPart {
        let known = RunStatus.allCases.map(\.rawValue)
        guard known.contains(word.text) else {
            throw error(
                "there is no status '\(word.text)'; "
                    + (nearestName(to: word.text, among: known).map { "did you mean '\($0)'?" }
                        ?? "there are \(known.joined(separator: ", "))"),
                word)
        }
        return try text(field, comparison, word)
    }

    private func flag(
        _ field: RunField, _ comparison: FilterComparison, _ word: FilterExpression.Word
    ) throws -> SQLPart {
        let values = ["true": 1, "yes": 1, "1": 1, "false": 0, "no": 0, "0": 0]
        guard let value = values[word.text.lowercased()] else {
            throw error("expected true or false, not '\(word.text)'", word)
        }
        guard comparison == .equal || comparison == .different else {
            throw error("yes or no is compared with = and !=", word)
        }
        return simple(field, comparison, value)
    }

    private func moment(
        _ field: RunField, _ comparison: FilterComparison, _ word: FilterExpression.Word
    ) throws -> SQLPart {
        guard let span = FilterLiteral.moment(word.text, now: now) else {
            throw error(
                "expected a time such as 7d (so long ago), 2026-03-01, 2026-03-01T12:30, today or yesterday, "
                    + "not '\(word.text)'", word)
        }
        let value = fields.value(field)
        switch comparison {
        case .less: return simple(field, .less, span.lowerBound)
        case .lessOrEqual: return simple(field, .less, span.upperBound)
        case .greater: return simple(field, .greaterOrEqual, span.upperBound)
        case .greaterOrEqual: return simple(field, .greaterOrEqual, span.lowerBound)
        case .equal, .different:
            return SQLPart(
                "\(comparison == .different ? "NOT " : "")(\(value.sql) >= ? AND \(value.sql) < ?)",
                value.arguments + [span.lowerBound] + value.arguments + [span.upperBound])
        }
    }

    private func span(
        _ field: RunField, _ comparison: FilterComparison, _ word: FilterExpression.Word
    ) throws -> SQLPart {
        guard let seconds = FilterLiteral.seconds(word.text) ?? FilterLiteral.number(word.text),
            !seconds.isNaN
        else { throw error("expected a time span such as 90s, 30min or 2h, not '\(word.text)'", word) }
        return simple(field, comparison, seconds)
    }

    private func tag(_ comparison: FilterComparison, _ word: FilterExpression.Word) throws -> SQLPart {
        guard comparison == .equal || comparison == .different else {
            throw error("tags are compared with =, !=, contains and in", word)
        }
        return SQLPart(
            "\(comparison == .different ? "NOT " : "")EXISTS (SELECT 1 FROM tags WHERE run_id = runs.id AND tag = ?)",
            [word.text])
    }

    /// A text that holds another, ASCII letters in any case.
    private func contains(
        _ field: RunField, named name: FilterExpression.Word, _ word: FilterExpression.Word, negated: Bool
    ) throws -> SQLPart {
        let not = negated ? "NOT " : ""
        if case .attribute(.tag) = field {
            return SQLPart(
                "\(not)EXISTS (SELECT 1 FROM tags WHERE run_id = runs.id AND instr(lower(tag), lower(?)) > 0)",
                [word.text])
        }
        var holdsText = false
        switch field {
        case .parameter: holdsText = true
        case .attribute(let attribute):
            switch attribute.kindOfValue {
            case .text, .status: holdsText = true
            default: break
            }
        default: break
        }
        guard holdsText else { throw error("\(name.text) is no text; compare it with = or <", name) }
        let value = fields.value(field)
        return SQLPart(
            "\(not)(instr(lower(\(value.sql)), lower(?)) > 0)", value.arguments + [word.text])
    }
}
