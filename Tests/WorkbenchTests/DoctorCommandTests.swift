import Foundation
import StrictJSON
import Testing
import Tracking

/// `workbench doctor` as a user runs it.
@Suite struct DoctorCommandTests {
    private struct Report {
        var exitCode: Int32
        /// Levels and texts by check.
        var findings: [String: [(level: String, text: String)]] = [:]

        init(_ outcome: BuiltProgram.Outcome) throws {
            exitCode = outcome.exitCode
            for finding in try JSONDocument(outcome.output).value["findings"]?.arrayValue ?? [] {
                findings[finding["check"]?.stringValue ?? "", default: []].append(
                    (finding["level"]?.stringValue ?? "", finding["text"]?.stringValue ?? ""))
            }
        }

        func worst(_ check: String) -> String? {
            ["error", "warning", "notice", "ok"].first { level in
                findings[check]?.contains { $0.level == level } ?? false
            }
        }

        func text(_ check: String) -> String { (findings[check] ?? []).map(\.text).joined(separator: "; ") }
    }

    private func folder(_ name: String) -> URL {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "workbench-doctor-\(ProcessInfo.processInfo.processIdentifier)-\(name)", isDirectory: true)
        try? FileManager.default.removeItem(at: url)
        return url
    }

    private func examine(_ folder: URL, _ more: String...) throws -> Report {
        try Report(BuiltProgram.run(["doctor", "--json", "--workspace", folder.path] + more))
    }

    /// A finished run with a sound and a checkpoint.
    private func make(_ folder: URL) throws -> (sound: URL, checkpoint: URL) {
        let workspace = try Workspace(directory: folder)
        let recorder = try workspace.startRun(RunDescription(seed: 1, configJSON: "{}"))
        for step in 0..<100 { try recorder.log("loss", step: step, value: 1 / Double(step + 1)) }
        let checkpoints = recorder.directory.appendingPathComponent("checkpoints")
        try FileManager.default.createDirectory(at: checkpoints, withIntermediateDirectories: true)
        let checkpoint = checkpoints.appendingPathComponent("last.bin")
        try Data("weights".utf8).write(to: checkpoint)
        try recorder.addArtifact(
            .runFile("checkpoints/last.bin"), kind: "checkpoint", role: "last", name: "last.bin", mime: "x/y")
        try recorder.addArtifact(.data(Data("sound".utf8)), kind: "audio", name: "a.wav", mime: "audio/wav")
        try recorder.finish(.finished, exitCode: 0)
        let sound = try #require(try workspace.artifacts(of: 1).first { $0.kind == "audio" })
        return (sound.url, checkpoint)
    }

    @Test func aSoundWorkspaceIsCalledSound() throws {
        let folder = folder("sound")
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try make(folder)
        let report = try examine(folder)
        #expect(report.exitCode == 0)
        for check in ["database", "contents", "runs", "spill", "artifacts", "checkpoints", "leftovers"] {
            #expect(report.worst(check) == "ok", "\(check): \(report.text(check))")
        }
        let text = try BuiltProgram.run(["doctor", "--workspace", folder.path])
        #expect(text.exitCode == 0 && text.output.contains("SQLite 3") && text.output.contains("OpenBLAS"))
    }

    @Test func lostAndDamagedFilesAreNamed() throws {
        let folder = folder("files")
        defer { try? FileManager.default.removeItem(at: folder) }
        let (sound, checkpoint) = try make(folder)
        try FileManager.default.removeItem(at: sound)
        // As long as before: the hash alone tells.
        try Data("weightz".utf8).write(to: checkpoint)
        let report = try examine(folder)
        #expect(report.exitCode == 1)
        #expect(report.worst("artifacts") == "error" && report.text("artifacts").contains("it is gone"))
        #expect(report.worst("checkpoints") == "error" && report.text("checkpoints").contains("has changed"))
        let quick = try examine(folder, "--quick")
        #expect(quick.worst("checkpoints") == "ok" && quick.worst("artifacts") == "error")
    }

    /// A dead run and points that wait: told, left alone, and mended when asked to.
    @Test func theDeadAndTheWaitingAreMended() throws {
        let folder = folder("mend")
        defer { try? FileManager.default.removeItem(at: folder) }
        let dead = try BuiltProgram.run(
            ["torture", "trap", "--workspace", folder.path, "--way", "check"],
            environment: ["SWIFT_BACKTRACE": "enable=no"])
        #expect(dead.exitCode != 0)
        let spill = folder.appendingPathComponent("spill")
        try FileManager.default.createDirectory(at: spill, withIntermediateDirectories: true)
        let line = #"{"metric":"late","steps":[3],"wall_us":[1],"values":[2.5]}"#
        try Data((line + "\n").utf8).write(to: spill.appendingPathComponent("run1-1.jsonl"))
        let stray = folder.appendingPathComponent("artifacts/ab/" + String(repeating: "ab", count: 32))
        try FileManager.default.createDirectory(
            at: stray.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data("x".utf8).write(to: stray)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -7_200)], ofItemAtPath: stray.path)

        let before = try examine(folder)
        #expect(before.exitCode == 0, "nothing is lost")
        #expect(before.worst("spill") == "warning" && before.text("spill").contains("run1-1.jsonl"))
        #expect(before.worst("leftovers") == "warning" && before.text("leftovers").contains("artifacts/ab/"))
        #expect(FileManager.default.fileExists(atPath: spill.appendingPathComponent("run1-1.jsonl").path))
        let after = try examine(folder, "--repair")
        #expect(after.worst("spill") == "ok" && after.worst("runs") == "ok", "\(after.findings)")
        let workspace = try Workspace.openReadOnly(folder)
        #expect(try workspace.run("1").status == .crashed)
        #expect(try workspace.series(of: 1, metric: "late").points.map(\.value) == [2.5])
    }

    @Test func aDatabaseThatCannotBeUsedIsSaidToBe() throws {
        let folder = folder("unusable")
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try BuiltProgram.run(["doctor", "--workspace", folder.path]).exitCode == 3)
        _ = try make(folder)
        let database = folder.appendingPathComponent("workbench.sqlite")
        let whole = try Data(contentsOf: database)
        for (byte, value, text) in [(63, 99, "newer workbench"), (0, 1, "damaged")] as [(Int, UInt8, String)]
        {
            var bytes = whole
            bytes[byte] = value
            try bytes.write(to: database)
            let report = try examine(folder)
            #expect(report.exitCode == 6 && report.worst("database") == "error")
            let shown = try BuiltProgram.run(["doctor", "--workspace", folder.path])
            #expect(shown.exitCode == 6 && shown.output.contains(text), "\(shown)")
            #expect(try Data(contentsOf: database) == bytes, "nothing was changed")
        }
    }
}
