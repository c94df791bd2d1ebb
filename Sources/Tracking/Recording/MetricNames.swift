import GRDB

/// The table of metric names.
enum MetricNames {
    /// The number of a metric; a new name is entered with the goal it suggests.
    static func id(of name: String, in database: Database) throws -> Int64 {
        try database.cachedStatement(
            sql: "INSERT INTO metric_names (name, goal) VALUES (?, ?) ON CONFLICT DO NOTHING"
        ).execute(arguments: [name, MetricGoal.suggested(by: name).rawValue])
        let id = try Int64.fetchOne(
            database, sql: "SELECT id FROM metric_names WHERE name = ?", arguments: [name])
        guard let id else { throw DatabaseError(message: "the metric '\(name)' was not entered") }
        return id
    }
}
