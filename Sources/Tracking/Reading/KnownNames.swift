import Foundation
import GRDB

/// Names that a workspace knows, for shells that complete them.
public struct KnownNames: Sendable {
    /// Addresses, the latest first.
    public let runs: [String]
    /// Names that people gave their runs.
    public let runNames: [String]
    public let sweeps: [String]
    /// Logged metrics.
    public let metrics: [String]
    /// Metrics of test files.
    public let scores: [String]
    /// Keys of configurations.
    public let parameters: [String]
}

extension Workspace {
    /// Opens a workspace for a look that changes nothing and does not wait: an older database is not upgraded.
    public static func openForCompletion(_ directory: URL) throws -> Workspace {
        try openReadOnly(directory, busyTimeout: 0.2, isUntouched: true)
    }

    /// - Parameter limit: how many of the latest runs are named; archived ones are not.
    public func knownNames(runs limit: Int) throws -> KnownNames {
        try read { database in
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT id, name FROM runs WHERE archived_us IS NULL ORDER BY id DESC LIMIT ?",
                arguments: [limit])
            var names: [String] = []
            for row in rows {
                if let name: String = row["name"], !names.contains(name) { names.append(name) }
            }
            let resolver = FieldResolver(database: database)
            return KnownNames(
                runs: rows.map { Run.address(of: $0["id"]) }, runNames: names,
                sweeps: try Sweep.ID.fetchAll(
                    database, sql: "SELECT id FROM sweeps ORDER BY id DESC LIMIT 20"
                )
                .map(Sweep.address),
                metrics: try resolver.metricNames(), scores: try resolver.scoreNames(),
                parameters: try resolver.parameterNames())
        }
    }
}
