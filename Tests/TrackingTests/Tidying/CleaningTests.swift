import Foundation
import GRDB
import Testing

@testable import Tracking

@Suite struct CleaningTests {
    private static let all = CleaningRules(minimumFileAge: 0)

    private static func finished(
        _ workspace: Workspace, _ content: String? = nil, checkpoints: [String] = []
    ) throws -> Run {
        let recorder = try workspace.startRun(.plain())
        try recorder.log("loss", step: 0, value: 1)
        if let content {
            try recorder.addArtifact(.data(Data(content.utf8)), kind: "audio", name: "a", mime: "x/y")
        }
        let folder = recorder.directory.appendingPathComponent("checkpoints")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (step, role) in checkpoints.enumerated() {
            for name in ["\(role).json", role == "previous" ? "last.bin" : "\(role).bin"] {
                try Data(name.utf8).write(to: folder.appendingPathComponent(name))
                try recorder.addArtifact(
                    .runFile("checkpoints/\(name)"), kind: "checkpoint", role: role, name: name, step: step,
                    mime: "x/y")
            }
        }
        try recorder.finish(.finished)
        return try workspace.run(recorder.address)
    }

    private static func contents(_ workspace: Workspace) -> [String] {
        FileTree.files(in: workspace.directory.appendingPathComponent("artifacts"))
            .compactMap {
                try? String(contentsOfFile: workspace.directory.path + "/artifacts/" + $0, encoding: .utf8)
            }
            .sorted()
    }

    @Test func archivedRunsGoWithWhatTheyAloneUse() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        for content in ["one", "shared", "three", "pinned"] { _ = try Self.finished(workspace, content) }
        let shared = try Self.finished(workspace, "shared")
        let runs = try workspace.runs()
        try workspace.setPinned(run: 4, true)
        #expect(throws: TrackingError.self) { try workspace.archive(workspace.runs()) }
        #expect(try workspace.runs().allSatisfy { $0.archived == nil }, "all or none")
        #expect(try workspace.archive([runs[0], runs[1]]).map(\.id) == [1, 2])
        // Pinned after it was archived.
        try workspace.write { try $0.execute(sql: "UPDATE runs SET archived_us = 1 WHERE id = 4") }
        let trial = try workspace.clean(Self.all, isTrial: true)
        let names = trial.items.map { "\($0.kind) \($0.name.split(separator: "/").first ?? "")" }
        #expect(names == ["run run1", "run run2", "artifact artifacts"])
        #expect(trial.spared.map(\.run) == [4] && trial.bytes == 3)
        #expect(
            try workspace.runs().count == 5 && Self.contents(workspace).count == 4, "a trial removes nothing")
        let report = try workspace.clean(Self.all, isTrial: false)
        #expect(report.items == trial.items)
        #expect(try workspace.runs().map(\.id) == [3, 4, 5])
        #expect(Self.contents(workspace) == ["pinned", "shared", "three"])
        #expect(!FileManager.default.fileExists(atPath: workspace.directory(of: 1).path))
        #expect(FileManager.default.fileExists(atPath: workspace.directory(of: shared.id).path))
        let rows = try workspace.read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM points WHERE run_id < 3")
        }
        #expect(rows == 0)
        #expect(try workspace.clean(Self.all, isTrial: false).items.isEmpty)
        // A number is never given out again.
        #expect(try Self.finished(workspace).id == 6)
    }

    @Test func ageAndRestoring() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let run = try Self.finished(workspace, "x")
        _ = try workspace.archive([run])
        let rules = CleaningRules(minimumAge: 3600, minimumFileAge: 0)
        #expect(try workspace.clean(rules, isTrial: false).items.isEmpty)
        #expect(
            try workspace.clean(rules, isTrial: true, now: Date(timeIntervalSinceNow: 4000)).items.count == 2)
        #expect(try workspace.restore([workspace.run("1")]).map(\.id) == [1])
        #expect(try workspace.clean(Self.all, isTrial: false).items.isEmpty)
        #expect(try workspace.restore([workspace.run("1")]).isEmpty)
    }

    @Test func runsThatAreGoingOnAreNeverTouched() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let recorder = try workspace.startRun(.plain())
        try recorder.addArtifact(.data(Data("live".utf8)), kind: "audio", name: "a", mime: "x/y")
        try FileManager.default.createDirectory(at: recorder.directory, withIntermediateDirectories: true)
        try Data("weights".utf8).write(to: recorder.directory.appendingPathComponent("step-1.bin"))
        try recorder.addArtifact(
            .runFile("step-1.bin"), kind: "checkpoint", role: "step-1", name: "step-1.bin", step: 1,
            mime: "x/y")
        guard
            case .runIsAlive = #expect(
                throws: TrackingError.self, performing: { try workspace.archive(workspace.runs()) })
        else {
            Issue.record("a run that is going on was archived")
            return
        }
        // Archived all the same, by whatever way.
        try workspace.write { try $0.execute(sql: "UPDATE runs SET archived_us = 1") }
        let report = try workspace.clean(
            CleaningRules(keptCheckpoints: ["best"], minimumFileAge: 0), isTrial: false)
        #expect(report.items.isEmpty && report.spared.map(\.reason) == ["it is going on"])
        #expect(Self.contents(workspace) == ["live"])
        try recorder.finish(.finished)
    }

    @Test func aPinnedFileSparesItsRun() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let recorder = try workspace.startRun(.plain())
        try recorder.addArtifact(
            .data(Data("kept".utf8)), kind: "audio", name: "a", mime: "x/y",
            facts: ArtifactFacts(isPinned: true))
        try recorder.finish(.finished)
        _ = try workspace.archive(workspace.runs())
        let report = try workspace.clean(Self.all, isTrial: false)
        #expect(report.items.isEmpty && report.spared.map(\.reason) == ["one of its files is pinned"])
        #expect(try workspace.run("1").id == 1 && Self.contents(workspace) == ["kept"])
    }

    @Test func checkpointsOfOtherRolesGo() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let run = try Self.finished(workspace, checkpoints: ["step-1", "best", "previous", "last"])
        let pinned = try Self.finished(workspace, checkpoints: ["step-1"])
        try workspace.setPinned(run: pinned.id, true)
        func files() -> [String] { FileTree.files(in: workspace.directory(of: run.id)) }
        let rules = CleaningRules(keptCheckpoints: ["best", "last"], minimumFileAge: 0)
        let trial = try workspace.clean(rules, isTrial: true)
        #expect(trial.items.map(\.name) == ["run1 step-1", "run1 previous"])
        #expect(files().count == 7)
        #expect(try workspace.clean(rules, isTrial: false).items == trial.items)
        #expect(
            files() == ["best.bin", "best.json", "last.bin", "last.json"].map { "checkpoints/" + $0 },
            "last.bin, which two checkpoints name, stays")
        #expect(try workspace.artifacts(of: run.id).map(\.role) == ["best", "best", "last", "last"])
        #expect(FileTree.files(in: workspace.directory(of: pinned.id)).count == 2)
        #expect(try workspace.clean(CleaningRules(minimumFileAge: 0), isTrial: false).items.isEmpty)
    }

    @Test func leftoversGoOnceTheyAreOld() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        _ = try Self.finished(workspace, "kept")
        let files = FileManager.default
        for path in ["runs/run77", "runs/.import-x", "runs/notes", "artifacts/zz"] {
            try files.createDirectory(
                at: folder.url.appendingPathComponent(path), withIntermediateDirectories: true)
        }
        let digest = String(repeating: "a", count: 64)
        for path in [
            "runs/run77/x", "runs/notes/x", "artifacts/zz/\(digest)", "artifacts/zz/\(digest).1-1.partial",
            "artifacts/zz/readme",
        ] {
            try Data("four".utf8).write(to: folder.url.appendingPathComponent(path))
        }
        #expect(try workspace.clean(CleaningRules(), isTrial: false).items.isEmpty, "all of them are young")
        let report = try workspace.clean(Self.all, isTrial: false)
        #expect(report.items.map(\.kind) == [.artifact, .leftover, .leftover, .leftover])
        #expect(report.bytes == 12)
        let left = FileTree.files(in: folder.url).filter {
            !$0.hasPrefix("workbench") && !$0.hasSuffix("sqlite")
        }
        #expect(left.count == 3 && left.contains("runs/notes/x") && left.contains("artifacts/zz/readme"))
    }

    /// One thread adds artifacts, of equal contents over and over, and drops them again; another cleans without mercy.
    /// No entry ever refers to a file that is gone.
    @Test func cleaningWhileOthersAddLosesNothing() async throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let run = try Self.finished(workspace)
        let other = try Workspace(directory: folder.url)
        let isDone = DispatchSemaphore(value: 0)
        let cleaner = Task.detached {
            var removed = 0
            while isDone.wait(timeout: .now()) == .timedOut {
                removed += try other.clean(Self.all, isTrial: false).items.count
            }
            return removed
        }
        for turn in 0..<120 {
            let artifact = try workspace.addArtifact(
                run: run.id, .data(Data("content \(turn % 3)".utf8)), kind: "audio", name: "a", mime: "x/y")
            #expect(FileManager.default.fileExists(atPath: artifact.url.path))
            if turn % 2 == 0 {
                try workspace.write {
                    try $0.execute(sql: "DELETE FROM artifacts WHERE id = ?", arguments: [artifact.id])
                }
            }
        }
        isDone.signal()
        #expect(try await cleaner.value >= 0)
        for artifact in try workspace.artifacts(of: run.id) {
            #expect(FileManager.default.fileExists(atPath: artifact.url.path))
        }
    }

    @Test func notesTagsAndPins() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        for _ in 0..<2 { _ = try Self.finished(workspace) }
        try workspace.appendNote(run: 1, "one")
        try workspace.appendNote(run: 1, "two")
        #expect(try workspace.run("1").note == "one\ntwo")
        try workspace.setNote(run: 1, "")
        #expect(try workspace.run("1").note == "")
        for (run, tag) in [(1, "x"), (2, "x"), (2, "y")] as [(Run.ID, String)] {
            try workspace.addTag(run: run, tag)
        }
        #expect(try workspace.tags().map { "\($0.tag) \($0.runs)" } == ["x 2", "y 1"])
        #expect(try workspace.removeTag(run: 2, "x") && !workspace.removeTag(run: 2, "x"))
        try workspace.setPinned(run: 2, true)
        #expect(try workspace.list(RunQuery(filter: "pinned = yes")).rows.map(\.run) == [2])
        #expect(try workspace.list(RunQuery(filter: "note is undefined")).rows.count == 2)
    }
}
