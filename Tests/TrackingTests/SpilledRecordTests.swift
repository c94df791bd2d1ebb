import Foundation
import GRDB
import Synchronization
import Testing

@testable import Tracking

/// Events, scores, artifacts and the like that find the database locked.
@Suite struct SpilledRecordTests {
    private static let scores = [
        FileScore(
            file: "a.wav", condition: "N", speaker: "p1", seconds: 2, sha256: "s", metric: "si_sdr",
            metricVersion: 2, result: .value(12.5)),
        FileScore(file: "b.wav", metric: "si_sdr", result: .value(.nan)),
        FileScore(file: "c.wav", metric: "si_sdr", result: .undefined(reason: "a \"silent\" target")),
    ]

    /// Everything that is no point, once.
    private static func log(_ recorder: RunRecorder) throws {
        try recorder.declare("loss", unit: "dB", goal: .max)
        try recorder.event(.warning, "careful", body: "two\nlines")
        try recorder.addFileScores(checkpoint: "last", dataset: "test", scores)
        try recorder.addArtifact(
            .data(Data("sound".utf8)), kind: "audio", role: "enhanced", name: "a.wav", step: 3,
            mime: "audio/wav",
            facts: ArtifactFacts(
                file: "a.wav", dataset: "test", rate: 8_000, seconds: 2, loudness: -23.5, isPinned: true))
        for (role, step) in [("previous", 1), ("last", 2)] {
            try recorder.replaceArtifacts(
                kind: "checkpoint", role: role, step: step,
                with: [
                    RunFileFacts(
                        path: "checkpoints/\(role)", name: role, sha256: String(repeating: "c", count: 64),
                        bytes: 7, mime: "x/y")
                ])
        }
        try recorder.removeArtifacts(kind: "checkpoint", except: ["last"])
        try recorder.tag("baseline")
        try recorder.log("loss", step: 0, value: 1)
    }

    /// What a run has of these, in words.
    private static func contents(_ workspace: Workspace) throws -> [String] {
        try workspace.fileScores(of: 1).map { "\($0.checkpoint) \($0.dataset) \($0.score)" }
            + workspace.artifacts(of: 1).map {
                "\($0.kind) \($0.role) \($0.name) \($0.step ?? -1) \($0.file ?? "") \($0.sha256) \($0.bytes) \($0.mime) "
                    + "\($0.rate ?? 0) \($0.seconds ?? 0) \($0.loudness ?? 0) \($0.isPinned) \($0.isLast)"
            }
            + workspace.events(of: 1).filter { !$0.title.contains("points entered") }.map {
                "\($0.level) \($0.title) \($0.body)"
            }
            + workspace.tags(of: 1)
            + workspace.summaries(of: 1).map { "\($0.metric) \($0.unit) \($0.goal) \($0.count)" }
    }

    private static func undisturbed() throws -> [String] {
        let folder = TemporaryFolder("undisturbed\(UUID().uuidString)")
        let workspace = try Workspace(directory: folder.url)
        let recorder = try workspace.startRun(.plain())
        try log(recorder)
        try recorder.finish(.finished)
        return try contents(workspace)
    }

    @Test func theyEnterWithTheNextTransaction() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url, busyTimeout: 0.1)
        let failures = Mutex(0)
        let recorder = try workspace.startRun(.plain()) { _ in failures.withLock { $0 += 1 } }
        let lock = DatabaseLock(try Workspace(directory: folder.url))
        try Self.log(recorder)
        #expect(Spill.all(in: folder.url).count == 1)
        #expect(failures.withLock(\.self) == 1, "one lock is told once")
        lock.letGo()
        try recorder.flush()
        #expect(Spill.all(in: folder.url).isEmpty)
        try recorder.finish(.finished)
        #expect(try Self.contents(workspace) == Self.undisturbed())
        let sound = try #require(try workspace.artifacts(of: 1).first { $0.kind == "audio" })
        #expect(try String(contentsOf: sound.url, encoding: .utf8) == "sound")
    }

    /// What comes later must not enter before what waits: the file that replaces is the newer one.
    @Test func theirOrderIsKept() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url, busyTimeout: 0.1)
        let recorder = try workspace.startRun(.plain())
        func replace(_ name: String) throws {
            try recorder.replaceArtifacts(
                kind: "checkpoint", role: "last", step: 1,
                with: [
                    RunFileFacts(
                        path: name, name: name, sha256: String(repeating: "c", count: 64), bytes: 1,
                        mime: "x/y")
                ])
        }
        let lock = DatabaseLock(try Workspace(directory: folder.url))
        try replace("first")
        lock.letGo()
        try replace("second")
        try recorder.finish(.finished)
        #expect(try workspace.artifacts(of: 1).map(\.name) == ["second"])
    }

    @Test func whatAnEndedProcessLeftIsEnteredOnce() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url, busyTimeout: 0.1)
        let recorder = try workspace.startRun(.plain())
        let lock = DatabaseLock(try Workspace(directory: folder.url))
        try Self.log(recorder)
        try recorder.finish(.finished)
        lock.letGo()
        let spill = try #require(Spill.all(in: folder.url).first)
        let text = try Data(contentsOf: spill.url)
        try workspace.write {
            try $0.execute(sql: "UPDATE runs SET pid_start = 1, beat_us = beat_us - 60000000")
        }
        // Twice, as after a death between the transaction and the removal of the file.
        for _ in 0..<2 {
            try text.write(to: spill.url)
            let reader = try Workspace.openReadOnly(folder.url)
            #expect(try Self.contents(reader) == Self.undisturbed())
            #expect(try reader.run("1").status == .finished)
            #expect(Spill.all(in: folder.url).isEmpty)
        }
    }
}
