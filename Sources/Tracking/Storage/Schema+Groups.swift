import GRDB
import StrictJSON

extension Schema {
    /// What identifies configurations, and what lists of runs read: of the rows themselves, most of which is
    /// configuration, `ls` needs nothing.
    static let migrationGroups = """
        CREATE INDEX runs_by_group ON runs (group_hash) WHERE group_hash IS NOT NULL;
        CREATE INDEX runs_going_on ON runs (id) WHERE status = 'running';
        CREATE INDEX runs_listed ON runs (archived_us, id, name, kind, status, seed, last_step, main_metric,
            started_us, ended_us, beat_us, exit_code, error, note, sweep_id, parent_id, pinned, uuid);
        """

    /// Hashes as they are now of runs whose hash is that of earlier programs, which had the configuration without name
    /// and seed in both places. Hashes that others have given to their runs stay.
    static func renewHashes(_ database: Database) throws { try renewHashes(of: nil, database) }

    /// - Parameter run: nil for all runs.
    static func renewHashes(of run: Run.ID?, _ database: Database) throws {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT id, config_json, config_hash FROM runs
                WHERE config_hash = group_hash AND (?1 IS NULL OR id = ?1)
                """, arguments: [run])
        var renewed: [(run: Run.ID, config: String, group: String)] = []
        while let row = try rows.next() {
            guard let config = try? JSONValue(parsing: row["config_json"] as String),
                config.stableHash(leavingOut: ["name", "seed"]) == row["config_hash"] as String?
            else { continue }
            renewed.append((row["id"], config.stableHash(), ConfigurationGroup.hash(of: config)))
        }
        for (run, config, group) in renewed {
            try database.execute(
                sql: "UPDATE runs SET config_hash = ?, group_hash = ? WHERE id = ?",
                arguments: [config, group, run])
        }
    }
}
