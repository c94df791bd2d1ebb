import Foundation
import GRDB
import Synchronization
import Testing

@testable import Tracking

/// Writers that find the database locked for longer than they wait.
@Suite struct SpillTests {
    @Test func pointsWaitInAFileWhileTheDatabaseIsLocked() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url, busyTimeout: 0.1)
        let failures = Mutex<[TrackingError]>([])
        let recorder = try workspace.startRun(.plain()) { failure in failures.withLock { $0.append(failure) }
        }
        let lock = DatabaseLock(try Workspace(directory: folder.url))
        let values = [0.1, 1e-300, .nan, .infinity, -.infinity, 1.0 / 3, 1e17, -7]
        for (step, value) in values.enumerated() { try recorder.log("a \"b\"", step: step, value: value) }
        try recorder.flush()
        try recorder.log("a \"b\"", step: values.count, value: 5)
        try recorder.flush()
        #expect(failures.withLock(\.self) == [.locked(path: workspace.databasePath)])
        #expect(Spill.all(in: folder.url).count == 1)
        lock.letGo()
        try recorder.flush()
        #expect(Spill.all(in: folder.url).isEmpty)
        try recorder.log("a \"b\"", step: 20, value: 6)
        try recorder.finish(.finished)
        let points = try workspace.series(of: 1, metric: "a \"b\"").points
        #expect(points.map(\.step) == Array(0...values.count) + [20])
        #expect(points.map { "\($0.value)" } == (values + [5, 6]).map { "\($0)" })
        #expect(try workspace.events(of: 1).isEmpty)
    }

    /// A process that ends while the database is locked leaves its points and its end to the next one.
    @Test func whatAnEndedProcessLeftIsEnteredOnce() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url, busyTimeout: 0.1)
        let recorder = try workspace.startRun(.plain())
        try recorder.log("a", step: 0, value: 0)
        try recorder.flush()
        let lock = DatabaseLock(try Workspace(directory: folder.url))
        for step in 1..<300 { try recorder.log("a", step: step, value: Double(step)) }
        try recorder.setLastStep(299)
        try recorder.finish(.failed, exitCode: 1, error: "the loss is nan")
        lock.letGo()
        let spill = try #require(Spill.all(in: folder.url).first)
        let text = try Data(contentsOf: spill.url)
        #expect(try workspace.run("1").status == .running, "nobody has entered it yet")
        try workspace.write {
            try $0.execute(sql: "UPDATE runs SET pid_start = 1, beat_us = beat_us - 60000000")
        }
        // Twice, as after a death between the transaction and the removal of the file; the second time a line is cut.
        for extra in ["", "{\"metric\":\"a\",\"steps\":[5"] {
            try (text + Data(extra.utf8)).write(to: spill.url)
            let reader = try Workspace.openReadOnly(folder.url)
            let run = try reader.run("1")
            #expect(run.status == .failed && run.error == "the loss is nan" && run.exitCode == 1)
            #expect(run.lastStep == 299)
            #expect(try reader.series(of: 1, metric: "a").points.map(\.value) == (0..<300).map(Double.init))
            #expect(try reader.summaries(of: 1).first?.count == 300)
            #expect(Spill.all(in: folder.url).isEmpty)
        }
        #expect(
            try workspace.events(of: 1).map(\.title)
                == [299, 0].map {
                    "\($0) points entered that had found the database locked"
                })
    }

    /// A disk that does not come to write makes the caller wait; memory does not grow.
    @Test func aStalledDiskMakesTheCallerWait() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url, busyTimeout: 60)
        let run = try workspace.insert(.plain(), writer: .current, now: Date())
        let writer = PointWriter(
            workspace: workspace, run: run, attempt: 1, capacity: 1_000, onFailure: nil)
        let lock = DatabaseLock(try Workspace(directory: folder.url))
        Thread.detachNewThread { writer.storeUntilClosed() }
        let logged = Mutex(0)
        let done = DispatchGroup()
        done.enter()
        Thread.detachNewThread {
            for step in 0..<5_000 {
                try? writer.pending.append("a", step: step, value: 1, time: nil)
                logged.withLock { $0 = step + 1 }
            }
            done.leave()
        }
        while logged.withLock(\.self) < 1_000 { usleep(1_000) }
        usleep(600_000)
        // What the writer has taken, and as much again.
        #expect(logged.withLock(\.self) <= 2_000)
        lock.letGo()
        done.wait()
        writer.pending.close()
        try writer.store(isLast: true)
        #expect(try workspace.series(of: run, metric: "a").points.count == 5_000)
    }

    @Test func aSpillOfALivingProcessIsLeftToIt() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url, busyTimeout: 0.1)
        let recorder = try workspace.startRun(.plain())
        let lock = DatabaseLock(try Workspace(directory: folder.url))
        try recorder.log("a", step: 0, value: 1)
        try recorder.flush()
        lock.letGo()
        _ = try Workspace(directory: folder.url)
        try recorder.finish(.finished)
        #expect(try workspace.series(of: 1, metric: "a").points.count == 1)
        #expect(Spill.all(in: folder.url).isEmpty)
    }
}
