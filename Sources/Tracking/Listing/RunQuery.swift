import Foundation
import GRDB

/// Which runs to list, what of them, and in which order.
public struct RunQuery: Sendable {
    /// An expression of the filter language (`FilterExpression`).
    public var filter: String?
    /// Names of what to read: attributes, metrics, keys, scores (`FieldResolver`).
    public var columns: [String]
    /// What to sort by, first things first. A metric with a goal is sorted best first, everything else upwards; a minus
    /// in front turns the order round. Runs without a value come last. Default: oldest first.
    public var order: [String]
    /// How many runs at most: the first ones of the order, or the latest ones where there is none.
    public var limit: Int?
    /// Whether archived runs are listed, too. A filter that asks for `archived` sees them anyway.
    public var includesArchived: Bool

    public init(
        filter: String? = nil, columns: [String] = [], order: [String] = [], limit: Int? = nil,
        includesArchived: Bool = false
    ) {
        self.filter = filter
        self.columns = columns
        self.order = order
        self.limit = limit
        self.includesArchived = includesArchived
    }
}

/// The answer to a query.
public struct RunListing: Sendable {
    /// What the columns turned out to be.
    public let fields: [RunField]
    public let rows: [Row]

    public struct Row: Sendable {
        public let run: Run.ID
        /// One value a column.
        public let values: [RunValue]
    }
}

extension Workspace {
    /// Lists runs. Filter, order and columns are one SQL statement, so that thousands of runs cost no more than the
    /// rows that are shown.
    ///
    /// - Throws: `FilterError` when the filter, a column or a sort key cannot be understood or names nothing.
    public func list(_ query: RunQuery, now: Date = Date()) throws -> RunListing {
        let liveness = try liveness(now: now)
        return try read { database in
            let resolver = FieldResolver(database: database)
            func field(_ name: String) throws -> RunField {
                try resolver.field(.init(text: name, range: 0..<name.count), in: name)
            }
            let fields = try query.columns.map(field)
            // A field that several columns show is read once.
            var places: [RunField: Int] = [:]
            var distinct: [RunField] = []
            for field in fields where places[field] == nil {
                places[field] = distinct.count
                distinct.append(field)
            }
            let columnPlaces = fields.map { places[$0] ?? 0 }
            let sql = FieldSQL(liveness, now: now.microseconds)
            var condition = query.includesArchived ? SQLPart("1") : SQLPart("runs.archived_us IS NULL")
            if let text = query.filter {
                let filter = try FilterExpression(text)
                let compiler = FilterCompiler(resolver: resolver, fields: sql, now: now, expression: text)
                let compiled = try compiler.condition(filter)
                condition =
                    filter.mentions(.archived) ? compiled : .joined([condition, compiled], by: "AND")
            }
            var selected = [SQLPart("runs.id")] + distinct.map(sql.value)
            var terms: [String] = []
            for key in query.order {
                for (part, term) in try Self.order(key, resolver: resolver, sql, from: selected.count + 1) {
                    selected.append(part)
                    terms.append(term)
                }
            }
            let isReversed = query.order.isEmpty && query.limit != nil
            terms.append(isReversed ? "runs.id DESC" : "runs.id")
            let columns = SQLPart(
                selected.map(\.sql).joined(separator: ",\n"), selected.flatMap(\.arguments))
            let cursor = try GRDB.Row.fetchCursor(
                database,
                sql: """
                    SELECT \(columns.sql) FROM \(RunAttribute.source) WHERE \(condition.sql)
                    ORDER BY \(terms.joined(separator: ", ")) LIMIT ?
                    """,
                arguments: StatementArguments(columns.arguments + condition.arguments + [query.limit ?? -1]))
            var listed: [RunListing.Row] = []
            while let row = try cursor.next() {
                let values = distinct.indices.map { FieldSQL.read(row[$0 + 1], of: distinct[$0]) }
                listed.append(RunListing.Row(run: row[0], values: columnPlaces.map { values[$0] }))
            }
            return RunListing(fields: fields, rows: isReversed ? listed.reversed() : listed)
        }
    }

    /// The parts that one sort key adds to the selection, with the terms of ORDER BY that use them. They are named by
    /// number, so that each is computed once a run.
    private static func order(
        _ key: String, resolver: FieldResolver, _ sql: FieldSQL, from first: Int
    ) throws -> [(SQLPart, String)] {
        let isTurned = key.hasPrefix("-")
        let name = String(key.dropFirst(isTurned ? 1 : 0))
        let start = isTurned ? 1 : 0
        let field = try resolver.field(.init(text: name, range: start..<start + name.count), in: key)
        let isDescending = (field.goal == .max) != isTurned
        return sql.order(field).enumerated().map { offset, part in
            (part, "\(first + offset) \(isDescending ? "DESC" : "ASC") NULLS LAST")
        }
    }
}

extension FilterExpression {
    /// Whether a test of the expression is about an attribute.
    func mentions(_ attribute: RunAttribute) -> Bool {
        func search(_ node: Node) -> Bool {
            switch node {
            case .all(let parts), .any(let parts): parts.contains(where: search)
            case .not(let part): search(part)
            case .test(let name, _):
                name.text == attribute.rawValue || name.text == "attr:" + attribute.rawValue
            }
        }
        return search(root)
    }
}
