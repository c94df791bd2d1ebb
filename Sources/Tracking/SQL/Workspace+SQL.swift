import Foundation
import GRDB
import StrictJSON

/// What a SQL query answered.
public struct SQLResult: Sendable {
    public enum Value: Sendable, Equatable {
        case null
        case integer(Int64)
        case number(Double)
        case text(String)
        case blob(Data)
    }

    public let columns: [String]
    public internal(set) var rows: [[Value]] = []
    /// Whether there were more rows than asked for.
    public internal(set) var isCut = false
}

/// What is wrong with a SQL query, and where.
public struct SQLError: Error, Equatable, CustomStringConvertible {
    public let reason: String
    public let query: String
    /// The characters that are meant, from 0; nil where SQLite does not tell.
    public let range: Range<Int>?

    public var description: String {
        range.map { "\(reason)\n\(FilterError.pointer(to: $0, in: query))" } ?? reason
    }
}

extension Workspace {
    /// Answers a query over the workspace's tables: one statement that reads and changes nothing.
    ///
    /// Points are in the view `points`. The workspace must have been opened with `openReadOnly`, so that SQLite itself
    /// refuses to write, whatever the query says.
    ///
    /// - Parameter limit: rows at most; nil for all.
    /// - Throws: `SQLError`.
    public func query(_ sql: String, limit: Int? = nil) throws -> SQLResult {
        guard isReadOnly else {
            throw TrackingError.refused(reason: "queries run on a workspace that was opened for reading only")
        }
        let start = sql.drop { $0.isWhitespace || $0 == "(" }
        let word = start.prefix { $0.isLetter }
        // VACUUM INTO and ATTACH make files on a connection that only reads.
        guard ["select", "with", "values", "explain"].contains(word.lowercased()) else {
            let place = sql.count - start.count
            throw SQLError(
                reason: word.isEmpty
                    ? "the query is empty; write something like SELECT name, status FROM runs"
                    : "only queries that read are taken: SELECT, WITH, VALUES, EXPLAIN",
                query: sql, range: place..<place + max(1, word.count))
        }
        do {
            return try read { try Self.fetch(sql, limit: limit, in: $0) }
        } catch TrackingError.database(_, let reason) {
            throw try explained(reason, sql)
        } catch TrackingError.notWritable {
            throw SQLError(
                reason: "the query would change the database; only reading is taken", query: sql, range: nil)
        }
    }

    private static func fetch(_ sql: String, limit: Int?, in database: Database) throws -> SQLResult {
        let statement = try database.makeStatement(sql: sql)
        guard statement.isReadonly else {
            throw SQLError(
                reason: "the query would change the database; only reading is taken", query: sql, range: nil)
        }
        var result = SQLResult(columns: statement.columnNames)
        let rows = try Row.fetchCursor(statement)
        while let row = try rows.next() {
            if let limit, result.rows.count == limit {
                result.isCut = true
                break
            }
            result.rows.append(
                row.databaseValues.map { value in
                    switch value.storage {
                    case .null: .null
                    case .int64(let number): .integer(number)
                    case .double(let number): .number(number)
                    case .string(let text): .text(text)
                    case .blob(let data): .blob(data)
                    }
                })
        }
        return result
    }

    /// SQLite's reason with the place it means and, for a name, the nearest one that there is.
    private func explained(_ reason: String, _ sql: String) throws -> SQLError {
        for (start, what) in [("no such column: ", "column"), ("no such table: ", "table")]
        where reason.hasPrefix(start) {
            let full = String(reason.dropFirst(start.count))
            let name = full.split(separator: ".").last.map(String.init) ?? full
            let known = try what == "table" ? tableNames() : columnNames()
            let advice =
                nearestName(to: name, among: known).map { "; did you mean \($0)?" }
                ?? (what == "table" ? "; there are \(known.joined(separator: ", "))" : "")
            return SQLError(
                reason: reason + advice, query: sql, range: try Self.place(of: full, in: sql).first)
        }
        if let match = reason.firstMatch(of: /near "(.+)": syntax error/) {
            let places = try Self.place(of: String(match.1), in: sql)
            // The same word may be right elsewhere: the text up to the one that is meant is wrong already.
            let meant = try places.first { range in
                let head = String(sql.prefix(range.upperBound)) + " "
                return try read { database in
                    do {
                        _ = try database.makeStatement(sql: head)
                        return false
                    } catch let error as DatabaseError {
                        return error.message == reason
                    }
                }
            }
            return SQLError(reason: reason, query: sql, range: meant ?? places.last)
        }
        let isUnfinished = reason.contains("incomplete input")
        return SQLError(
            reason: isUnfinished ? "the query ends too early" : reason, query: sql,
            range: isUnfinished ? sql.count..<sql.count : nil)
    }

    /// Where a word stands in a text, as a whole word.
    private static func place(of word: String, in text: String) throws -> [Range<Int>] {
        func isPart(_ character: Character?) -> Bool {
            character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
        }
        let characters = Array(text)
        let wanted = Array(word)
        guard !wanted.isEmpty, characters.count >= wanted.count else { return [] }
        return (0...characters.count - wanted.count).filter { start in
            let end = start + wanted.count
            let isWhole =
                !(isPart(wanted.first) && start > 0 && isPart(characters[start - 1]))
                && !(isPart(wanted.last) && end < characters.count && isPart(characters[end]))
            return isWhole && characters[start..<end].elementsEqual(wanted)
        }.map { $0..<$0 + wanted.count }
    }

    private func tableNames() throws -> [String] {
        try read { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%' ORDER BY name
                    """)
        }
    }

    private func columnNames() throws -> [String] {
        let tables = try tableNames()
        return try read { database in
            var names: Set<String> = []
            for table in tables {
                names.formUnion(
                    try String.fetchAll(
                        database, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table]))
            }
            return names.sorted()
        }
    }
}
