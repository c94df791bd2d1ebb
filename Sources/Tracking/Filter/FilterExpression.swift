/// A filter over runs, as written after `-F`.
///
///     val/pesq > 2.8 and (model.depth = 5 or tag = baseline) and started > 7d
///
/// Grammar, in order of binding: `or`, `and`, `not`, then a test of one name:
///
///     name (= | != | < | <= | > | >=) value
///     name [not] contains value
///     name [not] in [value, ...]
///     name is [not] undefined
///
/// A test of something that a run does not have is false, also with `!=` and `not in`; `is undefined` and `not`
/// in front of a test find such runs. Keywords may be written in any case. Values with spaces or brackets stand in quotation marks.
public struct FilterExpression: Sendable, Equatable {
    /// The expression as written.
    public let text: String
    let root: Node

    /// A text with its place in the expression.
    struct Word: Sendable, Equatable {
        let text: String
        var isQuoted = false
        let range: Range<Int>
    }

    indirect enum Node: Sendable, Equatable {
        case all([Node])
        case any([Node])
        case not(Node)
        case test(Word, Condition)
    }

    /// What is asked of a name.
    enum Condition: Sendable, Equatable {
        case compared(FilterComparison, Word)
        case contains(Word, negated: Bool)
        case oneOf([Word], negated: Bool)
        case undefined(negated: Bool)
    }

    /// - Throws: `FilterError` that points at the first character that does not fit.
    public init(_ text: String) throws(FilterError) {
        var parser = try FilterParser(text)
        self.text = text
        root = try parser.parse()
    }
}
