import Foundation
import GRDB
import Testing

@testable import Tracking

/// What a process that died left beside its runs. (`CrashTextTests` lets real ones die.)
@Suite struct LastWordsTests {
    private static func makeDead(_ workspace: Workspace) throws {
        try workspace.write {
            try $0.execute(sql: "UPDATE runs SET pid_start = 1, beat_us = beat_us - 60000000")
        }
    }

    @Test func theyBecomeTheErrorOfTheCrashedRun() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let recorder = try workspace.startRun(.plain())
        let text = "[conv] 3 channels do not fit \"8\""
        try Data((text + "\nSIGILL\n").utf8).write(to: LastWords.url(of: 1, in: workspace))
        try Self.makeDead(workspace)
        let reader = try Workspace.openReadOnly(folder.url)
        let expected = text + "; SIGILL"
        #expect(try reader.run("1").status == .crashed)
        #expect(try reader.run("1").error == expected)
        let listed = try reader.list(RunQuery(filter: "error contains conv", columns: ["status", "error"]))
        #expect(listed.rows.map(\.values) == [[.text("crashed"), .text(expected)]])
        // A writer notes it for those who do not look at the file.
        let writer = try Workspace(directory: folder.url)
        #expect(try writer.read { try String.fetchOne($0, sql: "SELECT error FROM runs") } == expected)
        // A resumption keeps it among the events, and a later death without words is not told with old ones.
        let resumed = try writer.resume(1, fromStep: 0)
        #expect(try writer.events(of: 1).map(\.body).contains(expected))
        try Self.makeDead(writer)
        #expect(try reader.run("1").error == "its process ended without a word")
        _ = (recorder, resumed)
    }
}
