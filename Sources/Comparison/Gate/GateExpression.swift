/// A condition on figures of a comparison, such as `b.test/pesq >= a.test/pesq - 0.02`.
///
/// Conditions are comparisons joined by `and`, `or`, `not` and parentheses. Values are numbers, figures, `+ - * /`,
/// `abs`, `min`, `max`, and functions of what a figure shows against the reference: `diff`, `low` and `high`
/// (the ends of the 95 % interval of the difference) and `p` (adjusted).
public struct GateExpression: Sendable {
    indirect enum Condition: Sendable {
        case compare(Value, String, Value)
        case and(Condition, Condition)
        case or(Condition, Condition)
        case not(Condition)
    }

    indirect enum Value: Sendable {
        case number(Double)
        case figure(Figure)
        case statistic(Statistic, Figure)
        case negative(Value)
        case arithmetic(Value, String, Value)
        case call(Function, [Value])
    }

    /// A figure that the expression names, with its place.
    struct Figure: Sendable {
        var side: String
        var name: String
        var start: Int
        var end: Int
    }

    /// What is known of a figure against the reference.
    public enum Statistic: String, Sendable, CaseIterable {
        case diff, low, high, p
    }

    enum Function: String, Sendable, CaseIterable {
        case abs, min, max
    }

    public let text: String
    let condition: Condition

    /// - Throws: `GateError`, with the place of the mistake.
    public init(_ text: String) throws(GateError) {
        self.text = text
        var parser = GateParser(text, try GateLexer.tokens(of: text))
        condition = try parser.parse()
    }
}
