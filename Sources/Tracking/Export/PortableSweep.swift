import Foundation
import GRDB
import StrictJSON

/// A sweep with its trials, free of the numbers that only one database gives out: what an export writes and an import
/// reads. Runs are named by their `uuid`; the sweep itself by the hash of what it does and the time of its beginning.
struct PortableSweep {
    static let format = "workbench-sweep"

    /// The columns of the sweep's row, by name.
    var facts: JSONObject
    /// Those of the trials, with `run_uuid`. Who worked on one elsewhere is of no concern here.
    var trials: [JSONObject]
    /// Values at the rungs of pruning.
    var rungs: [JSONObject]

    private static let localColumns: Set<String> = [
        "id", "sweep_id", "run_id", "lease_owner", "lease_until_us",
    ]

    /// Reads a sweep; nil if there is none of this number.
    init?(_ sweep: Sweep.ID, in database: Database) throws {
        func rows(_ sql: String) throws -> [JSONObject] {
            try Row.fetchAll(database, sql: sql, arguments: [sweep]).map {
                $0.json(leavingOut: Self.localColumns)
            }
        }
        guard let facts = try rows("SELECT * FROM sweeps WHERE id = ?").first else { return nil }
        self.facts = facts
        trials = try rows(
            """
            SELECT trials.*, runs.uuid AS run_uuid FROM trials LEFT JOIN runs ON runs.id = run_id
            WHERE trials.sweep_id = ? ORDER BY no
            """)
        rungs = try rows("SELECT * FROM trial_rungs WHERE sweep_id = ? ORDER BY no, rung")
    }

    init(_ object: JSONObject, path: String) throws {
        func rows(_ name: String) throws -> [JSONObject] {
            guard let rows = object[name]?.arrayValue?.map(\.objectValue),
                !rows.contains(where: { $0 == nil })
            else { throw ImportError(path, "\"\(name)\" is no list of objects") }
            return rows.compactMap { $0 }
        }
        guard let facts = object["sweep"]?.objectValue, facts["spec_hash"]?.stringValue != nil,
            facts["created_us"]?.intValue != nil
        else { throw ImportError(path, "it describes no sweep") }
        self.facts = facts
        trials = try rows("trials")
        rungs = try rows("rungs")
    }

    func text(files: [JSONObject]) -> String {
        let object: JSONObject = [
            "format": .string(Self.format), "version": .integer(PortableRun.version),
            "schema": .integer(Schema.version), "sweep": .object(facts),
            "trials": .array(trials.map(JSONValue.object)), "rungs": .array(rungs.map(JSONValue.object)),
            "files": .array(files.map(JSONValue.object)),
        ]
        return JSONValue.object(object).prettyText + "\n"
    }
}
