import Foundation
import GRDB
import Testing

@testable import Tracking

@Suite struct CrashMarkingTests {
    private static let here = ProcessIdentity.current

    private static func identity(_ change: (inout ProcessIdentity) -> Void) -> ProcessIdentity {
        var identity = here
        change(&identity)
        return identity
    }

    @Test func thisProcessLives() {
        #expect(!Self.here.isGone)
        #expect(Self.here.processStart != nil)
    }

    /// A process number that was given to another program has another start time.
    @Test func aReusedProcessNumberIsAnotherProcess() {
        #expect(Self.identity { $0.processStart = 1 }.isGone)
        #expect(Self.identity { $0.bootID = "another boot" }.isGone)
        #expect(Self.identity { $0.processID = 0x3fff_ffff }.isGone)
    }

    /// A process of another container on this machine cannot be looked for: only its beats tell.
    @Test func aProcessOfAnotherContainerIsNotCalledGone() {
        let other = Self.identity {
            $0.processStart = 1
            $0.bootID = ($0.bootID ?? "").split(separator: " ")[0] + " pid:[1]"
        }
        #expect(!other.isGone && other.isHidden)
        let now = Date()
        for (seconds, isDead) in [(15.0, false), (21, true)] {
            let beat = Heartbeat(writer: other, last: now.addingTimeInterval(-seconds), interval: 2_000)
            #expect(beat.isDead(now: now) == isDead && beat.isOver(now: now) == isDead)
        }
    }

    @Test(arguments: [
        (seconds: 5.0, isGone: true, isElsewhere: false, isDead: false),
        (seconds: 7.0, isGone: true, isElsewhere: false, isDead: true),
        (seconds: 900.0, isGone: false, isElsewhere: false, isDead: false),
        (seconds: 15.0, isGone: true, isElsewhere: true, isDead: false),
        (seconds: 21.0, isGone: true, isElsewhere: true, isDead: true),
        // The clock was set back since the last beat.
        (seconds: -3_600.0, isGone: true, isElsewhere: false, isDead: true),
        (seconds: -3_600.0, isGone: false, isElsewhere: false, isDead: false),
        (seconds: -1.0, isGone: true, isElsewhere: false, isDead: false),
    ])
    func aRunIsDeadWhenBeatsAreMissingAndItsProcessIsGone(
        seconds: Double, isGone: Bool, isElsewhere: Bool, isDead: Bool
    ) {
        let now = Date()
        let writer = Self.identity { identity in
            if isGone { identity.processStart = 1 }
            if isElsewhere { identity.host = "elsewhere" }
        }
        let beat = Heartbeat(writer: writer, last: now.addingTimeInterval(-seconds), interval: 2_000)
        #expect(beat.isDead(now: now) == isDead)
    }

    /// A process that was killed stays visible until its parent asks about it.
    @Test func aProcessThatNobodyHasAskedAboutIsGone() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "sleep 0 & exec sleep 60"]
        try process.run()
        defer { process.terminate() }
        let parent = process.processIdentifier
        var children = ""
        for _ in 0..<500 where !children.contains(" Z ") {
            Thread.sleep(forTimeInterval: 0.02)
            children = try Self.states(ofChildrenOf: parent)
        }
        let child = try #require(children.split(separator: " ").first.flatMap { Int($0) })
        #expect(ProcessIdentity.start(ofProcess: child) == nil)
        #expect(ProcessIdentity.start(ofProcess: Int(parent)) != nil)
    }

    private static func states(ofChildrenOf parent: Int32) throws -> String {
        let path = "/proc/\(parent)/task/\(parent)/children"
        let child = try String(contentsOfFile: path, encoding: .utf8).split(separator: " ").first ?? ""
        let stat = (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)) ?? ""
        return "\(child) \(stat.drop { $0 != ")" }.dropFirst())"
    }

    @Test func aDeadRunIsShownAsCrashedByReaders() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let start = Date(timeIntervalSinceNow: -60)
        let dead = Self.identity { $0.processStart = 1 }
        _ = try workspace.insert(.plain(), writer: dead, now: start)
        _ = try workspace.insert(.plain(), writer: Self.here, now: start)
        let runs = try Workspace.openReadOnly(folder.url).runs()
        #expect(runs.map(\.status) == [.crashed, .stalled])
        #expect(abs((runs[0].ended ?? .distantPast).timeIntervalSince(start)) < 0.001)
        #expect(runs[1].ended == nil)
        // Opened for writing it is noted, with the last sign of life as its end; the living one is left alone.
        _ = try Workspace(directory: folder.url)
        let stored = try workspace.read {
            try String.fetchAll($0, sql: "SELECT status FROM runs ORDER BY id")
        }
        #expect(stored == ["crashed", "running"])
        let run = try workspace.run("1")
        #expect(run.ended == runs[0].ended && run.error == "its process ended without a word")
    }

    /// A process that was taken for dead and writes again lives.
    @Test func aSignOfLifeRevokesACrash() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let recorder = try workspace.startRun(.plain())
        try workspace.close(run: 1, status: .crashed, exitCode: nil, error: "gone")
        try recorder.log("a", step: 3, value: 1)
        try recorder.flush()
        let run = try workspace.run("1")
        #expect(run.status == .running && run.ended == nil && run.error == nil && run.lastStep == 3)
        try recorder.finish(.finished)
    }

    /// Times of a clock that was set back: the end never lies before the start, and everything is kept.
    @Test func aClockThatIsSetBackBreaksNothing() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let recorder = try workspace.startRun(.plain())
        try workspace.write {
            try $0.execute(
                sql: """
                    UPDATE runs SET started_us = started_us + 86400000000, beat_us = beat_us + 86400000000;
                    UPDATE attempts SET started_us = started_us + 86400000000
                    """)
        }
        #expect(try workspace.run("1").status == .running)
        let past = Date(timeIntervalSinceNow: -86_400)
        try recorder.log("a", step: 0, value: 1)
        try recorder.log("a", step: 1, value: 2, time: past)
        try recorder.finish(.finished)
        let run = try workspace.run("1")
        #expect(run.status == .finished && run.duration() == 0)
        #expect(try workspace.series(of: 1, metric: "a").points.map(\.value) == [1, 2])
        let attempt = try #require(try workspace.attempts(of: 1).first)
        #expect(attempt.ended == attempt.started)
        // A dead writer's beat from the future, and resuming what "starts" tomorrow.
        let dead = Self.identity { $0.processStart = 1 }
        _ = try workspace.insert(.plain(), writer: dead, now: Date(timeIntervalSinceNow: 86_400))
        #expect(try workspace.run("2").status == .crashed)
        try workspace.resume(2, fromStep: 0).finish(.killed)
        #expect(try workspace.run("2").status == .killed)
    }
}
