import Foundation
import GRDB
import Testing

@testable import Tracking

/// What one workspace exports and another imports.
@Suite struct RoundTripTests {
    /// A workspace with everything that a run can hold.
    static func fill(_ workspace: Workspace) throws {
        let first = try workspace.startRun(
            RunDescription(
                name: "päce, \"quoted\"", seed: .max, configJSON: #"{"a":{"b":[1,2],"c":"x"},"d":1e-4}"#,
                configHash: "c", datasetHash: "d", evalHash: "e", gitCommit: "f", gitDirty: true, threads: 2,
                commandLine: "run x", programVersion: "1", environment: ["K": "v"], mainMetric: "val/loss"))
        try first.declare("val/loss", unit: "dB", goal: .min)
        for step in 0..<1500 { try first.log("train/loss", step: step, value: 1 / Double(step + 3)) }
        for (step, value) in [0.1, -.infinity, .nan, -0.0, .leastNonzeroMagnitude, 1.7976931348623157e308]
            .enumerated()
        {
            try first.log("val/loss", step: step * step * 10, value: value)
        }
        try first.addFileScores(
            checkpoint: "last", dataset: "set",
            [
                FileScore(
                    file: "a.wav", condition: "N", speaker: "s1", seconds: 2.5, sha256: "ab",
                    metric: "si_sdr",
                    metricVersion: 3, result: .value(-3.25)),
                FileScore(file: "b.wav", metric: "si_sdr", result: .undefined(reason: "silent")),
                FileScore(file: "c.wav", metric: "pesq", result: .value(.infinity)),
            ])
        try first.addArtifact(
            .data(Data("sound".utf8)), kind: "audio", role: "noisy", name: "a.wav", step: 7,
            mime: "audio/wav",
            facts: ArtifactFacts(file: "a.wav", dataset: "set", rate: 16000, seconds: 2.5, loudness: -20))
        let folder = first.directory.appendingPathComponent("checkpoints")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("weights".utf8).write(to: folder.appendingPathComponent("best.bin"))
        try first.addArtifact(
            .runFile("checkpoints/best.bin"), kind: "checkpoint", role: "best", name: "best.bin", mime: "x/y")
        try first.event(.warning, "careful", body: "two\nlines")
        for tag in ["b", "a"] { try first.tag(tag) }
        try first.finish(.failed, exitCode: 1, error: "why")
        try workspace.setNote(run: 1, "a note")
        try workspace.setPinned(run: 1, true)
        let second = try workspace.startRun(
            RunDescription(seed: 2, configJSON: "{}", parentID: 1))
        try second.log("train/loss", step: 4, value: 2)
        try second.finish(.finished, exitCode: 0)
    }

    /// All rows of a run but for numbers that each database gives out itself.
    private static func content(_ id: Run.ID, of workspace: Workspace) throws -> String {
        let run = try workspace.run(id: id, now: Date())
        var text = ""
        func add(_ value: Any) { text += "\(value)\n" }
        add([
            run.name ?? "", run.status.rawValue, run.error ?? "", run.configJSON, run.note,
            run.commandLine ?? "",
        ])
        add([run.seed, UInt64(run.exitCode ?? -1), UInt64(run.threads ?? 0)])
        add([run.started, run.ended ?? .distantPast, run.lastBeat].map(\.microseconds))
        add([run.isPinned, run.gitDirty ?? false])
        add(run.environment)
        add(try workspace.parameters(of: id).map { "\($0)" })
        for summary in try workspace.summaries(of: id) {
            add(summary)
            for point in try workspace.series(of: id, metric: summary.metric).points {
                add((point.step, point.value.bitPattern, point.time.microseconds))
            }
            add(try workspace.curve(of: id, metric: summary.metric, pieces: 20))
        }
        for score in try workspace.fileScores(of: id) { add(score) }
        for artifact in try workspace.artifacts(of: id) {
            add([artifact.kind, artifact.role, artifact.name, artifact.sha256, artifact.file ?? ""])
            add([artifact.rate ?? 0, artifact.seconds ?? 0, artifact.loudness ?? 0, Double(artifact.bytes)])
            add([artifact.isBest, artifact.isLast, artifact.isPinned])
            add(try Data(contentsOf: artifact.url))
        }
        for event in try workspace.events(of: id) {
            add((event.time.microseconds, event.level, event.title, event.body))
        }
        add(try workspace.tags(of: id))
        add(try workspace.attempts(of: id))
        return text
    }

    @Test func anExportRestoresRunsWithAllTheyHold() throws {
        let folder = TemporaryFolder()
        let source = try Workspace(directory: folder.url.appendingPathComponent("source"))
        try Self.fill(source)
        let export = folder.url.appendingPathComponent("export")
        try RunFolderExport(source).write(try source.runs(), to: export, programVersion: "1")
        let target = try Workspace(directory: folder.url.appendingPathComponent("target"))
        // Other numbers than in the source: a run and a metric stand there already.
        let other = try target.startRun(.plain(name: "other"))
        try other.log("zzz", step: 0, value: 1)
        try other.finish(.finished)
        let result = try RunFolderImport(target).read(export)
        #expect(result.runs.map(\.run) == [2, 3] && result.present.isEmpty)
        #expect(result.runs.map(\.points) == [1506, 1])
        for (old, new) in [(1, 2), (2, 3)] as [(Run.ID, Run.ID)] {
            #expect(try Self.content(old, of: source) == Self.content(new, of: target))
        }
        #expect(try target.run("3").parentID == 2)
        #expect(try target.read { try String.fetchAll($0, sql: "PRAGMA foreign_key_check") }.isEmpty)

        let again = try RunFolderImport(target).read(export)
        #expect(again.runs.isEmpty && again.present.map(\.run) == [2, 3])
        #expect(try target.runs().count == 3)
        let left = try FileManager.default.contentsOfDirectory(
            atPath: target.directory.appendingPathComponent("runs").path)
        #expect(left.sorted() == ["run1", "run2", "run3"])
    }

    /// Elsewhere nobody can look for the process.
    @Test func aDeadRunIsExportedAsCrashed() throws {
        let folder = TemporaryFolder()
        let source = try Workspace(directory: folder.url.appendingPathComponent("source"))
        let recorder = try source.startRun(.plain())
        try recorder.log("loss", step: 0, value: 1)
        try recorder.flush()
        try source.write {
            try $0.execute(sql: "UPDATE runs SET pid_start = 1, beat_us = beat_us - 60000000")
        }
        let export = folder.url.appendingPathComponent("export")
        try RunFolderExport(source).write(try source.runs(), to: export, programVersion: "1")
        let text = try String(contentsOf: export.appendingPathComponent("run1.json"), encoding: .utf8)
        #expect(text.contains(#""status":"crashed""#) && !text.contains(#""status":"running""#))
        let target = try Workspace(directory: folder.url.appendingPathComponent("target"))
        _ = try RunFolderImport(target).read(export)
        let stored = try target.read { try Row.fetchOne($0, sql: "SELECT status, ended_us FROM runs") }
        #expect(stored?["status"] == "crashed" && (stored?["ended_us"] as Int64?) != nil)
    }

    @Test func anExportIsNeverWrittenOverSomething() throws {
        let folder = TemporaryFolder()
        let source = try Workspace(directory: folder.url.appendingPathComponent("source"))
        try Self.fill(source)
        #expect(throws: TrackingError.self) {
            try RunFolderExport(source).write(try source.runs(), to: source.directory, programVersion: "1")
        }
        #expect(try source.runs().count == 2)
    }

    /// Each file of an export in turn is changed, cut short, or removed: the import says which one it was, and nothing
    /// of the run it belongs to was entered.
    @Test func damagedExportsAreRefused() throws {
        let folder = TemporaryFolder()
        let source = try Workspace(directory: folder.url.appendingPathComponent("source"))
        try Self.fill(source)
        let export = folder.url.appendingPathComponent("export")
        try RunFolderExport(source).write([try source.run("1")], to: export, programVersion: "1")
        let files = FileTree.files(in: export)
        #expect(files.count == 4)
        for (index, file) in files.enumerated() {
            let url = export.appendingPathComponent(file)
            let whole = try Data(contentsOf: url)
            for damage in 0..<3 {
                switch damage {
                case 0: try FileManager.default.removeItem(at: url)
                case 1: try whole.prefix(whole.count / 2).write(to: url)
                default: try (whole.dropLast() + [0x21]).write(to: url)
                }
                let target = try Workspace(
                    directory: folder.url.appendingPathComponent("target\(index)-\(damage)"))
                let error = #expect(throws: ImportError.self, "\(file) \(damage)") {
                    try RunFolderImport(target).read(export)
                }
                #expect(error?.path.hasSuffix(file) == true, "\(String(describing: error))")
                #expect(try target.runs().isEmpty)
            }
            try whole.write(to: url)
        }
        let target = try Workspace(directory: folder.url.appendingPathComponent("whole"))
        #expect(try RunFolderImport(target).read(export).runs.count == 1)
    }

    /// Values that were changed by hand: typed errors, and never half a run.
    @Test func wildRunFilesAreRefused() throws {
        let folder = TemporaryFolder()
        let source = try Workspace(directory: folder.url.appendingPathComponent("source"))
        try Self.fill(source)
        let export = folder.url.appendingPathComponent("export")
        try RunFolderExport(source).write([try source.run("1")], to: export, programVersion: "1")
        let url = export.appendingPathComponent("run1.json")
        let text = try String(contentsOf: url, encoding: .utf8)
        for (old, new) in [
            (#""status":"failed""#, #""status":"splendid""#), (#""seed":-1"#, #""seed":"one""#),
            (#""goal":"min""#, #""goal":"up""#), (#""steps":[0,"#, #""steps":[-1,"#),
            (#""steps":[0,"#, #""steps":["#),
            (#""values":["#, #""values":["high","#), (#""kind":"train""#, #""kind":"train","mood":1"#),
            ("checkpoints/best.bin", "../../best.bin"), (#""tags":["a","#, #""tags":[7,"#),
            (#""schema":\#(Schema.version)"#, #""schema":999"#),
            (#""format":"workbench-run""#, #""format":"x""#),
            (#""level":"warning""#, #""level":"loud""#), (#""metric":"si_sdr""#, #""metric":null"#),
        ] {
            #expect(text.contains(old), "\(old)")
            try text.replacing(old, with: new).write(to: url, atomically: true, encoding: .utf8)
            let target = try Workspace(
                directory: folder.url.appendingPathComponent("t\(old.hashValue)\(new.hashValue)"))
            #expect(throws: ImportError.self, "\(new)") { try RunFolderImport(target).read(export) }
            #expect(try target.runs().isEmpty, "\(new)")
            let left = try FileManager.default.contentsOfDirectory(
                atPath: target.directory.appendingPathComponent("runs").path)
            #expect(left.isEmpty, "\(new)")
        }
    }
}
