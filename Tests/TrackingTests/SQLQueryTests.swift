import Foundation
import Testing

@testable import Tracking

@Suite struct SQLQueryTests {
    private static func workspace(_ folder: TemporaryFolder) throws -> Workspace {
        let workspace = try Workspace(directory: folder.url)
        let recorder = try workspace.startRun(.plain(name: "one"))
        for step in 0..<600 { try recorder.log("val/loss", step: step, value: Double(step) / 4) }
        try recorder.finish(.finished)
        return try Workspace.openReadOnly(folder.url)
    }

    @Test func queriesReadTablesAndTheViewOfPoints() throws {
        let folder = TemporaryFolder()
        let workspace = try Self.workspace(folder)
        let result = try workspace.query(
            """
            SELECT name AS n, count(*) AS points, max(value) AS top, NULL AS empty FROM points
            JOIN metric_names ON metric_names.id = metric_id GROUP BY name
            """)
        #expect(result.columns == ["n", "points", "top", "empty"] && !result.isCut)
        #expect(result.rows == [[.text("val/loss"), .integer(600), .number(149.75), .null]])
        let cut = try workspace.query("SELECT step FROM points ORDER BY step", limit: 3)
        #expect(cut.isCut && cut.rows == [[.integer(0)], [.integer(1)], [.integer(2)]])
        #expect(try !workspace.query("VALUES (1), (2), (3)", limit: 3).isCut)
        #expect(
            try workspace.query("WITH a(x) AS (SELECT 1) SELECT x'00ff' FROM a").rows == [
                [.blob(Data([0, 255]))]
            ])
    }

    /// None of these may change or make anything; FILE is a place in the test's own folder.
    @Test(
        arguments: [
            "DELETE FROM runs", "UPDATE runs SET name = 'x'", "INSERT INTO tags VALUES (1, 'x')",
            "DROP TABLE runs",
            "PRAGMA journal_mode = DELETE", "ATTACH 'FILE' AS a",
            "VACUUM INTO 'FILE'",
            "WITH a AS (SELECT 1) DELETE FROM runs", "SELECT 1; DELETE FROM runs", "BEGIN",
            "CREATE TABLE x (y)", "",
        ])
    func nothingIsChanged(sql: String) throws {
        let folder = TemporaryFolder("sql\(sql.hashValue)")
        let workspace = try Self.workspace(folder)
        let file = folder.url.appendingPathComponent("never-made.sqlite").path
        let statement = sql.replacingOccurrences(of: "FILE", with: file)
        #expect(throws: SQLError.self) { try workspace.query(statement) }
        #expect(try workspace.runs().map(\.name) == ["one"])
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test(
        arguments: [
            ("SELECT nme FROM runs", "SELECT ", "nme", "did you mean name?"),
            ("SELECT name FROM runz", "SELECT name FROM ", "runz", "did you mean runs?"),
            ("SELECT name FORM runs", "SELECT name FORM ", "runs", "syntax error"),
            (
                "SELECT name FROM runs WHERE name = 'x' runs", "SELECT name FROM runs WHERE name = 'x' ",
                "runs", "syntax"
            ),
            ("SELECT r.nme FROM runs AS r", "SELECT ", "r.nme", "did you mean name?"),
            ("SELECT (1", "SELECT (1", "", "ends too early"),
            ("REMOVE runs", "", "REMOVE", "only queries that read"),
        ] as [(String, String, String, String)])
    func errorsPointAtTheProblem(sql: String, before: String, meant: String, reason: String) throws {
        let folder = TemporaryFolder("sqlerror\(sql.hashValue)")
        let workspace = try Self.workspace(folder)
        let error = try #require(throws: SQLError.self) { try workspace.query(sql) }
        #expect(error.range == before.count..<before.count + meant.count, "\(error)")
        #expect(error.reason.contains(reason), "\(error)")
    }
}
