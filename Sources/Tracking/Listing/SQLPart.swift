import GRDB

/// A piece of SQL with the values of its question marks.
struct SQLPart {
    var sql: String
    var arguments: [any DatabaseValueConvertible] = []

    init(_ sql: String, _ arguments: [any DatabaseValueConvertible] = []) {
        self.sql = sql
        self.arguments = arguments
    }

    /// Conditions joined by AND or OR. The parentheses are balanced: SQLite takes expressions no deeper than 1,000, and
    /// a plain chain of so many conditions would be.
    static func joined(_ parts: some Collection<SQLPart>, by word: String) -> SQLPart {
        guard parts.count > 1, let first = parts.first else { return parts.first ?? SQLPart("1") }
        if parts.count == 2, let second = parts.dropFirst().first {
            return SQLPart("(\(first.sql) \(word) \(second.sql))", first.arguments + second.arguments)
        }
        let half = parts.count / 2
        return joined(
            [joined(parts.prefix(half), by: word), joined(parts.dropFirst(half), by: word)], by: word)
    }
}
