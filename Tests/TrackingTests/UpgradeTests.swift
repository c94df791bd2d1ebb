import Foundation
import GRDB
import StrictJSON
import Testing

@testable import Tracking

/// Databases as earlier programs left them become ones of this program, beside a copy.
@Suite struct UpgradeTests {
    private static let values = (0..<1_500).map { $0 == 700 ? nil : Double($0) * 0.25 } as [Double?]

    /// A finished run with points, statistics and one scored file.
    private static func make(_ folder: TemporaryFolder, version: Int) throws {
        try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
        let queue = try DatabaseQueue(path: folder.database.path)
        try queue.write { database in
            try database.execute(sql: Schema.migration1)
            if version >= 2 { try database.execute(sql: Schema.migration2) }
            try database.execute(
                sql: """
                    PRAGMA application_id = \(Schema.applicationID);
                    PRAGMA user_version = \(version);
                    INSERT INTO runs (uuid, kind, status, seed, config_json, config_hash, host, pid, program,
                        started_us, ended_us, beat_us, beat_every_ms)
                        VALUES ('u', 'train', 'finished', 1, '{}', 'c', 'h', 1, '1', 5, 6, 6, 1000);
                    INSERT INTO metric_names VALUES (1, 'si_sdr', 'dB', 'max'), (2, 'loss', '', 'min');
                    INSERT INTO summary VALUES (1, 2, 1499, 1, 0, 374.75, 0, 1499, 0, 0, 374.75, 1499, 1, 1);
                    INSERT INTO eval_files VALUES (1, 'test', 'a', '', 'N', 2.0);
                    INSERT INTO file_scores (run_id, checkpoint, file_id, metric_id, value)
                        VALUES (1, 'last', 1, 1, 12.5);
                    """)
            for (step, value) in values.enumerated() {
                try database.execute(
                    sql: "INSERT INTO points VALUES (1, 2, ?, 9, ?, ?)",
                    arguments: [step, value, value == nil ? 1 : 0])
            }
        }
        try queue.close()
    }

    @Test(arguments: [(1, false), (1, true), (2, false), (2, true)])
    func anOlderDatabaseIsUpgradedBesideItsCopy(version: Int, readOnly: Bool) throws {
        let folder = TemporaryFolder("older\(version)\(readOnly)")
        try Self.make(folder, version: version)
        let workspace =
            readOnly ? try Workspace.openReadOnly(folder.url) : try Workspace(directory: folder.url)
        let scores = try workspace.fileScores(of: 1)
        #expect(scores.count == 1 && scores.first?.score.value == 12.5)
        #expect(scores.first?.score.metricVersion == 1 && scores.first?.score.speaker == "")
        let points = try workspace.series(of: 1, metric: "loss").points
        #expect(points.map(\.step) == Array(0..<1_500))
        #expect(points.map { $0.value.isNaN ? nil : $0.value } == Self.values)
        let run = try workspace.run("1")
        #expect(run.groupHash == "c" && run.note == "" && !run.isPinned && run.archived == nil)
        #expect(try workspace.attempts(of: 1).map(\.fromStep) == [0])
        let (tail, viewed, spike) = try workspace.read { database in
            (
                try Int.fetchOne(database, sql: "SELECT count(*) FROM point_tail"),
                try Double.fetchOne(database, sql: "SELECT sum(value) FROM points WHERE step < 700"),
                try Double.fetchOne(database, sql: "SELECT max FROM rollups WHERE level = 1 AND bucket = 46")
            )
        }
        #expect(tail == 0 && viewed == 0.25 * 699 * 350 && spike == 0.25 * 1_499)
        let copy = folder.database.path + ".v\(version).backup"
        let old = try DatabaseQueue(path: copy)
        #expect(try old.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == version)
        #expect(try old.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM points") } == 1_500)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        #expect(!names.contains { $0.hasSuffix(".partial") })
        #expect(
            try workspace.read { try String.fetchAll($0, sql: "PRAGMA integrity_check; ") } == ["ok"])
        #expect(try workspace.read { try Row.fetchAll($0, sql: "PRAGMA foreign_key_check") }.isEmpty)
    }

    /// Hashes of configurations that earlier programs computed become what they are now; others stay.
    @Test func hashesAreRenewed() throws {
        let folder = TemporaryFolder()
        try Self.make(folder, version: 2)
        let text = #"{"dataset":{"path":"/a"},"name":"n","seed":3}"#
        let config = try JSONValue(parsing: text)
        let old = config.stableHash(leavingOut: ["name", "seed"])
        try DatabaseQueue(path: folder.database.path).write {
            try $0.execute(
                sql:
                    "INSERT INTO runs SELECT 2, 'v', name, kind, status, exit_code, error, 3, ?, ?, dataset_hash, "
                    + "eval_hash, git_commit, git_dirty, host, cpu, threads, boot_id, pid, pid_start, cmd, program, "
                    + "env_json, main_metric, started_us, ended_us, beat_us, beat_every_ms, last_step FROM runs",
                arguments: [text, old])
        }
        let workspace = try Workspace(directory: folder.url)
        let (foreign, own) = (try workspace.run("1"), try workspace.run("2"))
        #expect(foreign.configHash == "c" && foreign.groupHash == "c")
        #expect(own.configHash == config.stableHash())
        #expect(own.groupHash == ConfigurationGroup.hash(of: config) && own.groupHash != old)
    }

    /// The tables of an upgraded database are those of a new one.
    @Test func anUpgradeEndsWhereANewDatabaseBegins() throws {
        func schema(_ folder: TemporaryFolder) throws -> [String] {
            let workspace = try Workspace(directory: folder.url)
            return try workspace.read {
                try String.fetchAll(
                    $0, sql: "SELECT name || ' ' || sql FROM sqlite_master WHERE sql <> '' ORDER BY name")
            }
        }
        let (old, new) = (TemporaryFolder("ends1"), TemporaryFolder("ends2"))
        try Self.make(old, version: 1)
        #expect(try schema(old) == schema(new))
    }
}
