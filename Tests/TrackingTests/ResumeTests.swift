import Foundation
import GRDB
import Testing

@testable import Tracking

@Suite struct ResumeTests {
    /// A killed run of 3,000 steps with a spike late, and a second metric logged every 100 steps.
    private static func killedRun(_ workspace: Workspace) throws -> Run.ID {
        let recorder = try workspace.startRun(.plain())
        for step in 0..<3_000 {
            try recorder.log("loss", step: step, value: step == 2_900 ? 1e6 : Double(step))
            if step % 100 == 99 { try recorder.log("score", step: step, value: Double(step)) }
        }
        try recorder.log("late", step: 2_999, value: 1)
        try recorder.addFileScores(
            checkpoint: "last", dataset: "test", [FileScore(file: "a", metric: "pesq", result: .value(2))])
        for step in [1_000, 2_000] {
            try recorder.addArtifact(
                .data(Data("\(step)".utf8)), kind: "audio", name: "a", step: step, mime: "audio/wav")
        }
        try recorder.finish(.killed, exitCode: 75, error: "stopped")
        return recorder.run
    }

    @Test func whatLiesBeyondTheCheckpointIsDroppedAndLoggedAgain() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let run = try Self.killedRun(workspace)
        let recorder = try workspace.resume(run, fromStep: 1_500, checkpointSHA: "abc")
        #expect(recorder.attempt == 2)
        var state = try workspace.run("1")
        #expect(state.status == .running && state.error == nil && state.exitCode == nil && state.ended == nil)
        #expect(state.lastStep == 1_499)
        #expect(try workspace.series(of: run, metric: "loss").points.count == 1_500)
        #expect(try workspace.series(of: run, metric: "score").points.count == 15)
        #expect(throws: TrackingError.self) { try workspace.series(of: run, metric: "late") }
        let summaries = try workspace.summaries(of: run)
        #expect(summaries.map(\.metric) == ["loss", "score"])
        #expect(summaries[0].maximum == 1_499 && summaries[0].count == 1_500 && summaries[0].last == 1_499)
        #expect(try workspace.fileScores(of: run).isEmpty)
        #expect(try workspace.artifacts(of: run).map(\.step) == [1_000])
        let greatest = try workspace.read {
            try Double.fetchOne(
                $0,
                sql: """
                    SELECT max(max) FROM rollups JOIN metric_names ON id = metric_id WHERE name = 'loss'
                    """)
        }
        #expect(greatest == 1_499)
        for step in 1_500..<3_000 { try recorder.log("loss", step: step, value: -1) }
        try recorder.finish(.finished)
        state = try workspace.run("1")
        #expect(state.status == .finished && state.lastStep == 2_999)
        let points = try workspace.series(of: run, metric: "loss").points
        #expect(points.map(\.step) == Array(0..<3_000) && points.suffix(1_500).allSatisfy { $0.value == -1 })
        let attempts = try workspace.attempts(of: run)
        #expect(attempts.map(\.number) == [1, 2] && attempts.map(\.fromStep) == [0, 1_500])
        #expect(attempts.map(\.droppedPoints) == [0, 1_500 + 15 + 1])
        #expect(attempts.map(\.checkpointSHA) == [nil, "abc"])
        #expect(attempts.allSatisfy { $0.ended != nil })
        let event = try #require(try workspace.events(of: run).first)
        #expect(event.title == "resumed at step 1500, attempt 2: 1516 points dropped")
    }

    @Test func aRunWithoutCheckpointBeginsAnew() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let run = try Self.killedRun(workspace)
        let recorder = try workspace.resume(run, fromStep: 0)
        #expect(try workspace.summaries(of: run).isEmpty && workspace.run("1").lastStep == nil)
        #expect(
            try workspace.read { database in
                try ["point_tail", "point_chunks", "rollups", "artifacts"].reduce(0) {
                    $0 + (try Int.fetchOne(database, sql: "SELECT count(*) FROM \($1)") ?? 0)
                }
            } == 0)
        try recorder.finish(.finished)
        #expect(try workspace.events(of: run).first?.title.hasPrefix("restarted at step 0") == true)
    }

    @Test func onlyRunsThatEndedUnfinishedAreResumed() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let recorder = try workspace.startRun(.plain())
        let here = ProcessIdentity.current
        #expect(
            throws: TrackingError.runIsAlive(run: "run1", process: here.processID, host: here.host)
        ) {
            try workspace.resume(1, fromStep: 0)
        }
        try recorder.finish(.finished)
        #expect(throws: TrackingError.runFinished(run: "run1")) { try workspace.resume(1, fromStep: 0) }
        #expect(throws: TrackingError.unknownRun(address: "run9", nearest: [])) {
            try workspace.resume(9, fromStep: 0)
        }
        #expect(throws: TrackingError.self) { try workspace.resume(1, fromStep: -1) }
    }

    /// Whoever was killed while writing left files that nothing names, hidden ones and in folders, too.
    @Test func halfWrittenFilesAreRemoved() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let first = try workspace.startRun(.plain())
        let audio = first.directory.appendingPathComponent("audio")
        try FileManager.default.createDirectory(at: audio, withIntermediateDirectories: true)
        for name in ["a.wav", ".b.wav.12-0.partial", "../split.json.12-0.partial"] {
            try Data(name.utf8).write(to: audio.appendingPathComponent(name))
        }
        try first.finish(.killed)
        let second = try workspace.resume(first.run, fromStep: 0)
        #expect(FileTree.files(in: second.directory) == ["audio/a.wav"])
        try second.finish(.finished)
    }

    /// A run whose process died without a word is resumed; should that process turn out to live, it is told.
    @Test func aCrashedRunIsTakenOver() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let first = try workspace.startRun(.plain())
        try first.log("a", step: 0, value: 1)
        try first.flush()
        try workspace.write {
            try $0.execute(sql: "UPDATE runs SET pid_start = 1, beat_us = beat_us - 60000000")
        }
        #expect(try workspace.run("1").status == .crashed)
        let second = try workspace.resume(1, fromStep: 1)
        try first.log("a", step: 1, value: 2)
        #expect(throws: TrackingError.runTakenOver(run: "run1")) { try first.flush() }
        try second.log("a", step: 1, value: 3)
        try second.finish(.finished)
        #expect(try workspace.series(of: 1, metric: "a").points.map(\.value) == [1, 3])
    }
}
