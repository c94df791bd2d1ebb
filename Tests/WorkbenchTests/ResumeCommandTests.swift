import Foundation
import StrictJSON
import Testing

/// `run --resume` as a user types it, after every way in which a run can end.
@Suite("Resume commands", .serialized)
final class ResumeCommandTests {
    private let experiment: MiniExperiment
    private var folder: URL { experiment.folder }

    init() throws {
        experiment = try MiniExperiment(
            training: """
                "steps": 40, "batch_size": 2, "clip_frames": 32, "validate_every": 4, "checkpoint_every": 2,
                "keep_every": 10, "ema_decay": 0.9, "early_stopping": {"patience": 100}
                """)
    }

    // MARK: Tools

    private func workbench(_ arguments: String...) throws -> BuiltProgram.Outcome {
        try experiment.workbench(arguments)
    }

    private func json(_ text: String) throws -> JSONValue { try JSONDocument(text).value }

    private func checkpoint(_ role: String, of run: String) -> URL {
        folder.appending(path: ".workbench/runs/\(run)/checkpoints/\(role).json")
    }

    private func step(_ role: String, of run: String) -> Int? {
        (try? JSONDocument(contentsOf: checkpoint(role, of: run).path))?.value["step"]?.intValue
    }

    /// Starts the program and leaves it alone.
    private func start(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = BuiltProgram.url
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Starts the program, sends it a signal as soon as something is so, and gives its exit status.
    private func end(_ arguments: [String], with signal: Int32, when isReady: () -> Bool) throws -> Int32 {
        let process = try start(arguments)
        while process.isRunning, !isReady() { Thread.sleep(forTimeInterval: 0.003) }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        return process.terminationStatus
    }

    private func status(of run: String) throws -> String? {
        try json(workbench("show", run, "--json").output)["status"]?.stringValue
    }

    /// Everything about a run that has to be the same however often it was stopped.
    private func traces(of run: String) throws -> [String: String] {
        let shown = try json(workbench("show", run, "--json").output)
        var traces: [String: String] = ["status": shown["status"]?.stringValue ?? "?"]
        traces["last_step"] = shown["last_step"]?.canonicalText
        for metric in shown["metrics"]?.arrayValue ?? [] {
            let name = metric["metric"]?.stringValue ?? "?"
            if ["time/", "memory/", "data_wait"].contains(where: name.hasPrefix) { continue }
            traces[name] = try workbench("series", run, name, "--csv").output
            traces["summary of " + name] = metric.canonicalText
        }
        traces["scores"] = shown["file_scores"]?.canonicalText
        // A stop leaves an odd checkpoint as the one before the last, so that "previous" may differ.
        for role in ["last", "best", "generator_only", "step-9", "step-19", "step-29", "step-39"] {
            let value = try JSONDocument(contentsOf: checkpoint(role, of: run).path).value
            for key in ["step", "files", "counters", "progress"] {
                traces["\(role) \(key)"] = value[key]?.canonicalText
            }
        }
        return traces
    }

    private func expectSame(_ run: String, as whole: [String: String]) throws {
        let own = try traces(of: run)
        #expect(own["status"] == "finished")
        for (key, value) in whole where own[key] != value {
            Issue.record("\(run): \(key) differs:\n\(own[key] ?? "-")\nagainst\n\(value)")
        }
        #expect(own.count == whole.count)
    }

    // MARK: Tests

    @Test func aRunThatWasStoppedOrKilledIsThatOfOneThatWasNot() throws {
        #expect(try workbench("run", "mini.json", "--quiet").exitCode == 0)
        let whole = try traces(of: "run1")
        #expect(whole.count > 40, "\(whole.keys)")

        // Stopped by each signal in turn; another number of threads each time.
        var arguments = ["run", "mini.json", "--threads", "1"]
        for (index, signal) in [SIGINT, SIGTERM, SIGHUP].enumerated() {
            let reached = step("last", of: "run2") ?? -1
            let code = try end(arguments, with: signal) { (step("last", of: "run2") ?? -1) > reached + 3 }
            #expect(code == 75, "signal \(signal)")
            #expect(try status(of: "run2") == "killed")
            arguments = ["run", "--resume", "run2", "--threads", "\(index + 2)"]
        }
        let last = try workbench("run", "--resume", "run2")
        #expect(last.exitCode == 0 && last.error.contains("goes on after step"), "\(last.error)")
        try expectSame("run2", as: whole)

        // Killed at arbitrary moments, the first ones before there is any checkpoint.
        arguments = ["run", "mini.json", "--quiet"]
        for delay in [0.05, 0.4, 0.6, 0.8, 1.1, 1.5] {
            let start = Date()
            let code = try end(arguments, with: SIGKILL) { Date().timeIntervalSince(start) > delay }
            if code == 0 { break }
            if try workbench("show", "run3").exitCode == 0 {
                arguments = ["run", "--resume", "run3", "--quiet"]
            }
        }
        let final = try BuiltProgram.run(arguments, in: folder)
        #expect(final.exitCode == 0, "\(final.error)")
        try expectSame("run3", as: whole)

        // A finished run is left alone.
        let before = try Data(contentsOf: checkpoint("last", of: "run3"))
        let again = try workbench("run", "--resume", "run3", "--json")
        #expect(again.exitCode == 0 && again.error.contains("nothing to do") == false)
        #expect(try json(again.output)["status"]?.stringValue == "finished")
        #expect(try workbench("run", "--resume", "run3").error.contains("finished already"))
        #expect(try Data(contentsOf: checkpoint("last", of: "run3")) == before)

        try damagedAndMissing(whole)
    }

    private func damagedAndMissing(_ whole: [String: String]) throws {
        // The newest checkpoint is damaged: the one before takes its place, and that is said.
        #expect(
            try end(["run", "mini.json"], with: SIGTERM) { step("previous", of: "run4") != nil } == 75)
        let value = try JSONDocument(contentsOf: checkpoint("last", of: "run4").path).value
        let name = try #require(value["files"]?["training"]?["name"]?.stringValue)
        let file = checkpoint("last", of: "run4").deletingLastPathComponent().appending(path: name)
        var data = try Data(contentsOf: file)
        data[data.count / 2] ^= 0x10
        try data.write(to: file)
        let fallen = try workbench("run", "--resume", "run4")
        #expect(fallen.exitCode == 0 && fallen.error.contains("passed over"), "\(fallen.error)")
        #expect(fallen.error.contains(name) && fallen.error.contains("checkpoint \"previous\""))
        #expect(try workbench("show", "run4").output.contains("a checkpoint was passed over"))
        try expectSame("run4", as: whole)

        // No checkpoint at all: from the beginning.
        #expect(try end(["run", "mini.json"], with: SIGTERM) { step("last", of: "run5") != nil } == 75)
        try FileManager.default.removeItem(at: checkpoint("last", of: "run5").deletingLastPathComponent())
        let anew = try workbench("run", "--resume", "run5", "--threads", "1")
        #expect(anew.exitCode == 0 && anew.error.contains("at step 0"), "\(anew.error)")
        try expectSame("run5", as: whole)
    }

    @Test func aRunStoppedWhileItIsScoredScoresAgain() throws {
        let changes = [
            "--steps", "3", "--set", "dataset.test_items=40", "--set", "training.checkpoint_every=1",
        ]
        #expect(
            try end(["run", "mini.json"] + changes, with: SIGTERM) { step("last", of: "run1") == 2 } == 75)
        #expect(try status(of: "run1") == "killed")
        let resumed = try workbench("run", "--resume", "run1", "--json", "--quiet")
        #expect(resumed.exitCode == 0, "\(resumed.error)")
        let whole = try BuiltProgram.run(["run", "mini.json", "--json", "--quiet"] + changes, in: folder)
        #expect(try json(resumed.output)["test"] == json(whole.output)["test"])
        let files = try ["run1", "run2"].map { run in
            try json(workbench("show", run, "--json").output)["artifacts"]?.arrayValue?.count ?? 0
        }
        #expect(files[0] == files[1] && files[0] > 0, "\(files)")
    }

    /// A run whose disk fills up fails, says so, and goes on when there is room.
    @Test(.enabled(if: TrainingCommandsTests.canMount, "needs the right to mount"))
    func aRunThatFilledItsDiskGoesOnWhenThereIsRoom() throws {
        let disk = folder.appending(path: "disk")
        try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
        func mount(_ options: String) throws -> Bool {
            try TrainingCommandsTests.succeeds("mount", "-t", "tmpfs", "-o", options, "tmpfs", disk.path)
        }
        try #require(try mount("size=2m"))
        defer { _ = try? TrainingCommandsTests.succeeds("umount", disk.path) }
        let changes = ["--set", "training.keep_every=1", "--quiet"]
        let full = try BuiltProgram.run(["run", "mini.json", "--workspace", "disk/ws"] + changes, in: folder)
        #expect(full.exitCode == 1 && full.error.contains("o space left"), "\(full)")
        try #require(try mount("remount,size=64m"))
        let resumed = try workbench("run", "--resume", "run1", "--workspace", "disk/ws")
        #expect(resumed.exitCode == 0 && resumed.error.contains("goes on after step"), "\(resumed.error)")
        let whole = try BuiltProgram.run(["run", "mini.json", "--workspace", "ws"] + changes, in: folder)
        #expect(whole.exitCode == 0)
        let series = try ["disk/ws", "ws"].map { workspace in
            try workbench("series", "run1", "train/loss", "--csv", "--workspace", workspace).output
        }
        #expect(series[0] == series[1])
    }

    @Test func wrongWaysToResumeAreAnswered() throws {
        #expect(
            try end(["run", "mini.json"], with: SIGTERM) { step("last", of: "run1") != nil } == 75)
        for (arguments, code, text) in [
            (["run", "--resume", "run9"], 3, "run9"), (["run"], 2, "--resume"),
            (["run", "mini.json", "--resume", "run1"], 2, "either"),
            (["run", "--resume", "run1", "--seed", "2"], 2, "--seed"),
            (["run", "--resume", "run1", "--dry-run"], 2, "--dry-run"),
            (["run", "--resume", "run1", "--workspace", "elsewhere"], 3, "elsewhere"),
        ] as [([String], Int32, String)] {
            let outcome = try BuiltProgram.run(arguments, in: folder)
            #expect(outcome.exitCode == code && outcome.error.contains(text), "\(arguments): \(outcome)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "elsewhere").path))
    }

    /// Two programs must never write one run.
    @Test func aRunThatIsAliveIsRefused() throws {
        let process = try start(["run", "mini.json", "--steps", "100000"])
        defer { kill(process.processIdentifier, SIGKILL) }
        while process.isRunning, step("last", of: "run1") == nil { Thread.sleep(forTimeInterval: 0.02) }
        let watched = try json(workbench("watch", "run1", "--once", "--json").output)
        #expect(watched["status"]?.stringValue == "running" && watched["phase"]?.stringValue == "training")
        #expect(watched["steps"] == .integer(100_000) && (watched["steps_done"]?.intValue ?? 0) > 0)
        #expect(watched["eta_seconds"]?.doubleValue ?? -1 > 0)
        let outcome = try workbench("run", "--resume", "run1")
        #expect(outcome.exitCode == 5 && outcome.error.contains("run1 is still running"), "\(outcome)")
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationStatus == 75)
    }

    @Test func stoppedBeforeTheFirstStepThereIsNothingToGoOnFrom() throws {
        let code = try end(
            ["run", "mini.json", "--set", "training.batch_size=64", "--set", "training.clip_frames=256"],
            with: SIGTERM
        ) { FileManager.default.fileExists(atPath: folder.appending(path: ".workbench/runs/run1").path) }
        // The signal comes before the first step, or else there is a checkpoint.
        let hasCheckpoint = step("last", of: "run1") != nil
        #expect(code == (hasCheckpoint ? 75 : 143))
        #expect(try status(of: "run1") == "killed")
    }

    /// `watch` follows a run of another process to its end and ends as it did.
    @Test func watchingARunToItsEnd() throws {
        let process = try start(["run", "mini.json", "--quiet"])
        while process.isRunning, step("last", of: "run1") == nil { Thread.sleep(forTimeInterval: 0.01) }
        let watched = try workbench("watch", "--interval", "0.1")
        process.waitUntilExit()
        #expect(watched.exitCode == 0, "\(watched)")
        let lines = watched.output.split(separator: "\n")
        #expect(lines.last?.contains("run1  finished  40/40 steps") == true, "\(watched.output)")
        #expect(!watched.output.contains("\u{1b}"))

        let objects = try workbench("watch", "run1", "--json").output.split(separator: "\n")
        #expect(try objects.count == 1 && json(String(objects[0]))["status"]?.stringValue == "finished")
        let curve = try json(String(objects[0]))["loss_curve"]?.arrayValue
        #expect(curve?.count == 40)

        // Killed: crashed. Stopped: what the run itself ended with. Failed: 1.
        #expect(try end(["run", "mini.json"], with: SIGKILL) { step("last", of: "run2") != nil } == SIGKILL)
        #expect(try end(["run", "mini.json"], with: SIGTERM) { step("last", of: "run3") != nil } == 75)
        #expect(try workbench("watch", "run3").exitCode == 75)
        let failed = try workbench(
            "run", "mini.json", "--set", "optimizer.learning_rate=1", "--set", "optimizer.clip_norm=1e30",
            "--set", "losses=[{\"kind\": \"log_mel\", \"weight\": 1e38}]")
        #expect(failed.exitCode == 1)
        let watch = try workbench("watch", "run4", "--once")
        #expect(watch.exitCode == 1 && watch.output.contains("not finite"), "\(watch)")
        let crashed = try workbench("watch", "run2", "--interval", "0.2")
        #expect(crashed.exitCode == 1 && crashed.output.contains("crashed"), "\(crashed)")
        #expect(try workbench("watch", "run9").exitCode == 3)
        #expect(try workbench("watch", "run1", "--interval", "0").exitCode == 2)
    }
}
