import Foundation
import GRDB
import Testing

@testable import Tracking

@Suite struct ListingTests {
    private static func workspace(_ folder: TemporaryFolder) throws -> Workspace {
        let workspace = try Workspace(directory: folder.url)
        for (index, loss) in [0.5, 0.2, nil, 0.9].enumerated() {
            let recorder = try workspace.startRun(
                .plain(
                    config:
                        #"{"depth":\#([10, 9, 9, 100][index]),"kind":"\#("dcba".dropFirst(index).prefix(1))"}"#
                ))
            if let loss {
                try recorder.log("val/loss", step: 3, value: loss)
                try recorder.log("val/loss", step: 7, value: loss + 1)
            }
            if index == 1 { for tag in ["b", "a"] { try recorder.tag(tag) } }
            try recorder.finish(index == 3 ? .failed : .finished, error: index == 3 ? "why" : nil)
        }
        return workspace
    }

    @Test func columnsHaveTypedValues() throws {
        let folder = TemporaryFolder()
        let workspace = try Self.workspace(folder)
        let listing = try workspace.list(
            RunQuery(columns: [
                "run", "status", "tag", "seed", "depth", "param:kind", "best:val/loss", "count:val/loss",
                "val/loss",
                "metric", "best", "best_step", "name", "pinned",
            ]))
        #expect(
            listing.rows[1].values == [
                .run(2), .text("finished"), .tags(["a", "b"]), .unsigned(1), .text("9"), .text("c"),
                .number(0.2),
                .whole(2), .number(1.2), .text("val/loss"), .number(0.2), .whole(3), .absent, .flag(false),
            ])
        #expect(listing.rows[2].values[6...11].allSatisfy { $0 == .absent })
        #expect(listing.rows[2].values[2] == .absent)
    }

    @Test func ordersPutAbsentValuesLast() throws {
        let folder = TemporaryFolder()
        let workspace = try Self.workspace(folder)
        func order(_ keys: String..., limit: Int? = nil) throws -> [Run.ID] {
            try workspace.list(RunQuery(order: keys, limit: limit)).rows.map(\.run)
        }
        #expect(try order() == [1, 2, 3, 4])
        #expect(try order(limit: 2) == [3, 4])
        #expect(try order("val/loss") == [2, 1, 4, 3], "the goal of a loss is to be small")
        #expect(try order("-val/loss") == [4, 1, 2, 3])
        #expect(try order("val/loss", limit: 2) == [2, 1])
        #expect(try order("depth", "param:kind") == [3, 2, 1, 4], "numbers as numbers, then texts")
        #expect(try order("-started") == [4, 3, 2, 1])
        #expect(try order("status", "-run") == [4, 3, 2, 1])
    }

    @Test func archivedRunsAreListedOnlyWhenAskedFor() throws {
        let folder = TemporaryFolder()
        let workspace = try Self.workspace(folder)
        try workspace.write { try $0.execute(sql: "UPDATE runs SET archived_us = 1 WHERE id = 2") }
        func list(_ query: RunQuery) throws -> [Run.ID] { try workspace.list(query).rows.map(\.run) }
        #expect(try list(RunQuery()) == [1, 3, 4])
        #expect(try list(RunQuery(includesArchived: true)) == [1, 2, 3, 4])
        #expect(try list(RunQuery(filter: "depth = 9")) == [3])
        #expect(try list(RunQuery(filter: "archived = true")) == [2])
        #expect(try list(RunQuery(filter: "attr:archived = true or run = 1")) == [1, 2])
        #expect(throws: TrackingError.self) { try workspace.run("last~3") }
    }

    /// A row that says running while its process is gone is listed as crashed, and found as such.
    @Test func deadRunsAreCrashedInListsAndFilters() throws {
        let folder = TemporaryFolder()
        let workspace = try Self.workspace(folder)
        let writer = ProcessIdentity(
            host: HostFacts.hostName, bootID: "another", processID: 1, processStart: 1)
        let id = try workspace.insert(.plain(), writer: writer, now: Date(timeIntervalSinceNow: -60))
        for filter in [
            "status = crashed", "not status in [finished, failed]", "status != running and run > 4",
        ] {
            #expect(try workspace.list(RunQuery(filter: filter)).rows.map(\.run) == [id], "\(filter)")
        }
        #expect(try workspace.list(RunQuery(filter: "status = running")).rows.isEmpty)
        let row = try workspace.list(RunQuery(filter: "run = \(id)", columns: ["status", "ended"])).rows.first
        #expect(row?.values.first == .text("crashed") && row?.values.last != .absent)
    }

    /// One filter of a thousand conditions is no problem for SQLite's limits.
    /// Rows are mostly configuration, and thousands of them are megabytes: `ls` reads the index alone.
    @Test func usualColumnsAreReadFromTheIndexAlone() throws {
        let folder = TemporaryFolder()
        let workspace = try Self.workspace(folder)
        let usual: [RunAttribute] = [
            .run, .name, .kind, .status, .exit, .error, .seed, .step, .started, .ended, .duration, .best,
            .metric,
            .bestStep, .note, .sweep, .parent, .uuid, .pinned, .archived, .tag,
        ]
        func plan(_ attributes: [RunAttribute]) throws -> [String] {
            let columns = attributes.map { $0.expression(dead: "()", late: "()", now: 0) }
            return try workspace.read { database in
                try Row.fetchAll(
                    database,
                    sql:
                        "EXPLAIN QUERY PLAN SELECT \(columns.joined(separator: ", ")) FROM \(RunAttribute.source) "
                        + "WHERE runs.archived_us IS NULL ORDER BY runs.id")
            }.map { $0["detail"] }
        }
        #expect(try plan(usual).contains { $0.contains("COVERING INDEX runs_listed") })
        #expect(try !plan(usual + [.host]).contains { $0.contains("COVERING INDEX runs_listed") })
    }

    @Test func longChainsOfConditions() throws {
        let folder = TemporaryFolder()
        let workspace = try Self.workspace(folder)
        let chain = (0..<1200).map { "depth = \($0)" }.joined(separator: " or ")
        #expect(try workspace.list(RunQuery(filter: chain)).rows.count == 4)
        let list = "depth in [" + (0..<3000).map(String.init).joined(separator: ",") + "]"
        #expect(try workspace.list(RunQuery(filter: list)).rows.count == 4)
    }
}
