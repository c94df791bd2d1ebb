import Foundation
import StrictJSON
import Testing
import Tracking

/// `workbench sweep` as a user types it, with real trials of a moment each.
@Suite("Sweep commands", .serialized)
final class SweepCommandTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "workbench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try write(Self.experiment, to: "mini.json")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    static let experiment = """
        {"name": "mini",
         "audio": {"sample_rate": 8000, "fft_size": 128, "hop_length": 64, "mel_bands": 16},
         "dataset": {"kind": "synthetic", "validation_items": 4, "test_items": 4, "evaluation_seconds": 1},
         "model": {"stage1": {"base_channels": 2, "depth": 1}, "stage2": {"base_channels": 2, "depth": 1}},
         "task": {"kind": "supervised"},
         "training": {"steps": 3, "batch_size": 1, "clip_frames": 16, "validate_every": 3,
                      "checkpoint_every": 1},
         "evaluation": {"validation_items": 1, "audio_examples": 0}}
        """

    private func write(_ text: String, to name: String) throws {
        try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }

    private func workbench(_ arguments: String...) throws -> BuiltProgram.Outcome {
        try BuiltProgram.run(arguments, in: folder)
    }

    private func json(_ text: String) throws -> JSONValue { try JSONDocument(text).value }

    private func trials(_ sweep: String = "last") throws -> [JSONValue] {
        try json(workbench("sweep", "status", sweep, "--json").output)["trials"]?.arrayValue ?? []
    }

    @Test func anAblationFromPreviewToPicture() throws {
        try write(
            #"""
            {"sweep": "small", "base": "mini.json", "method": "ablation", "seeds": [1, 2], "jobs": 2,
             "ablation": {"factors": {"stage two": {"off": {"model.stage2": null}}}}}
            """#, to: "ablation.json")
        let preview = try workbench("sweep", "ablation.json", "--preview", "--json")
        let planned = try json(preview.output)["trials"]?.arrayValue ?? []
        #expect(preview.exitCode == 0 && planned.count == 4)
        #expect(planned.map { $0["seed"]?.intValue } == [1, 1, 2, 2], "seed 1 of all comes first")
        #expect(planned.allSatisfy { ($0["seconds"]?.doubleValue ?? 0) > 0 })
        #expect(!FileManager.default.fileExists(atPath: folder.appending(path: ".workbench").path))

        let swept = try workbench("sweep", "ablation.json")
        #expect(swept.exitCode == 0, "\(swept.error)")
        for text in ["sweep1 small: leave-one-out", "without stage two", "cannot reach 0.05", "Holm"] {
            #expect(swept.output.contains(text), "\(text) is not in\n\(swept.output)")
        }
        #expect(swept.error.contains("4/4 trials"))
        let runs = try json(workbench("ls", "--json").output)["runs"]?.arrayValue ?? []
        #expect(runs.count == 4 && runs.allSatisfy { $0["status"]?.stringValue == "finished" })

        // Again: nothing is left to do, and the numbers are the same.
        let again = try workbench("sweep", "ablation.json", "--json", "--quiet")
        #expect(again.exitCode == 0 && again.error.isEmpty)
        let effects = try json(again.output)["ablation"]?["effects"]?.arrayValue ?? []
        #expect(effects.count == 1 && effects[0]["seeds"]?.arrayValue == [1, 2])
        #expect(effects[0]["smallest_p"]?.doubleValue == 0.5 && effects[0]["can_reach_0.05"] == .bool(false))
        #expect(try json(workbench("ls", "--json").output)["runs"]?.arrayValue?.count == 4)
        let values = try trials().map { $0["value"]?.doubleValue ?? .nan }
        let effect = (values[1] - values[0] + values[3] - values[2]) / 2
        #expect(abs((effects[0]["effect"]?.doubleValue ?? .nan) - effect) < 1e-12)

        let table = try workbench(
            "sweep", "table", "small", "--md", "--metric", "test/si_sdr", "--plot", "e.png")
        #expect(table.exitCode == 0 && table.output.contains("| stage two |"), "\(table.error)")
        let picture = try Data(contentsOf: folder.appending(path: "e.png"))
        #expect(picture.prefix(4) == Data([0x89, 0x50, 0x4e, 0x47]) && picture.count > 200)
        let list = try workbench("sweep", "status")
        #expect(list.output.contains("small") && list.output.contains("finished"))
        let known = try workbench("sweep", "ablation.json", "--preview")
        #expect(known.output.contains("runs of it"))
    }

    @Test func aFailedTrialIsShownAndCanBeTriedAgain() throws {
        // The learning rate is accepted, and breaks the training.
        try write(
            #"""
            {"sweep": "breaks", "base": "mini.json", "method": "grid", "set": {"training.non_finite_patience": 1},
             "params": {"dataset": {"values": [
                {"kind": "synthetic", "validation_items": 4, "test_items": 4, "evaluation_seconds": 1},
                {"kind": "paired_folders", "path": "nowhere"}]}}}
            """#, to: "grid.json")
        let swept = try workbench("sweep", "grid.json")
        #expect(swept.exitCode == 1)
        #expect(swept.error.contains("sweep1/1") && swept.error.contains("nowhere"), "\(swept.error)")
        #expect(swept.error.contains("sweep retry sweep1"))
        #expect(swept.output.contains("1 of 2 trials are not in it: 1 failed"))
        var state = try trials()
        #expect(state.map { $0["state"]?.stringValue } == ["finished", "failed"])
        #expect(state[1]["reason"]?.stringValue?.contains("nowhere") == true)
        let again = try workbench("sweep", "retry", "last", "--quiet")
        #expect(again.exitCode == 1)
        state = try trials()
        #expect(state.map { $0["tries"]?.intValue } == [1, 2])
        #expect(try workbench("sweep", "retry", "last", "--trial", "7").exitCode == 3)
    }

    /// Starts a sweep without waiting for it.
    private func start(_ file: String, more: [String] = []) throws -> Process {
        let process = Process()
        process.executableURL = BuiltProgram.url
        process.arguments = ["sweep", file, "--quiet"] + more
        process.environment = ["PATH": "/usr/bin:/bin", "TZ": "UTC"]
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return process
    }

    private func waitForRuns(_ count: Int) throws {
        let end = Date(timeIntervalSinceNow: 60)
        while Date() < end {
            let list = try workbench("ls", "--json")
            if list.exitCode == 0, try json(list.output)["runs"]?.arrayValue?.count ?? 0 >= count { return }
            Thread.sleep(forTimeInterval: 0.05)
        }
        Issue.record("no \(count) runs within a minute")
    }

    private static let slow = #"""
        {"sweep": "slow", "base": "mini.json", "method": "random", "budget": {"trials": 4}, "jobs": 2,
         "set": {"training.steps": 150, "training.validate_every": 150},
         "params": {"optimizer.learning_rate": {"log": [1e-4, 1e-2]}}}
        """#

    /// Each trial has ended once, with one run that finished.
    private func expectEverythingDoneOnce(_ count: Int) throws {
        let trials = try trials()
        #expect(trials.count == count && trials.allSatisfy { $0["state"]?.stringValue == "finished" })
        let runs = try json(workbench("ls", "--json").output)["runs"]?.arrayValue ?? []
        let finished = runs.filter { $0["status"]?.stringValue == "finished" }
        #expect(finished.count == count, "\(runs.map { $0["status"]?.stringValue ?? "" })")
        #expect(Set(trials.compactMap { $0["run"]?.stringValue }).count == count)
    }

    @Test func survivesTheDeathOfItsParent() throws {
        try write(Self.slow, to: "slow.json")
        let parent = try start("slow.json")
        try waitForRuns(1)
        kill(parent.processIdentifier, SIGKILL)
        parent.waitUntilExit()
        let again = try workbench("sweep", "slow.json", "--quiet")
        #expect(again.exitCode == 0, "\(again.error)")
        try expectEverythingDoneOnce(4)
    }

    @Test func twoParentsShareASweep() throws {
        try write(Self.slow, to: "slow.json")
        let first = try start("slow.json", more: ["--jobs", "1"])
        let second = try start("slow.json", more: ["--jobs", "1"])
        first.waitUntilExit()
        second.waitUntilExit()
        #expect(first.terminationStatus == 0 && second.terminationStatus == 0)
        try expectEverythingDoneOnce(4)
        #expect(try trials().allSatisfy { $0["tries"] == 1 })
    }

    @Test func anInterruptedSweepGoesOn() throws {
        try write(Self.slow, to: "slow.json")
        let parent = try start("slow.json")
        try waitForRuns(1)
        kill(parent.processIdentifier, SIGINT)
        parent.waitUntilExit()
        #expect(parent.terminationStatus == 75)
        let status = try workbench("sweep", "status", "last")
        #expect(status.output.contains("paused: interrupted"), "\(status.output)")
        #expect(try trials().allSatisfy { $0["state"] != "running" })
        #expect(try workbench("sweep", "resume", "last", "--quiet").exitCode == 0)
        try expectEverythingDoneOnce(4)
        #expect(try workbench("sweep", "stop", "last").error.contains("has finished already"))
    }

    /// The second configuration is worse by construction and would take minutes.
    @Test func aHopelessTrialIsPruned() throws {
        try write(
            #"""
            {"sweep": "prunes", "base": "mini.json", "method": "grid", "seeds": [1, 2],
             "set": {"training.validate_every": 20, "optimizer.warmup_steps": 0},
             "params": {"training.steps": {"values": [60, 20000]}},
             "when": [{"if": {"training.steps": 20000},
                       "params": {"optimizer.learning_rate": {"values": [1e-9]}}}],
             "objective": {"metric": "train/learning_rate", "goal": "max"},
             "prune": {"min": 20, "eta": 2, "max": 20000}}
            """#, to: "prune.json")
        let swept = try workbench("sweep", "prune.json")
        #expect(swept.exitCode == 0, "\(swept.error)")
        #expect(swept.error.contains("sweep1/1 pruned after 20 steps"), "\(swept.error)")
        let trials = try trials()
        #expect(trials.map { $0["state"]?.stringValue } == ["finished", "pruned", "finished", "pruned"])
        #expect(trials[3]["tries"] == 0, "what one seed has lost the others need not try")
        let run = try json(workbench("ls", "--json").output)["runs"]?.arrayValue?.first {
            $0["run"] == trials[1]["run"]
        }
        #expect(run?["status"] == "pruned")
    }

    @Test func errorsSayWhatIsWrong() throws {
        try write(
            #"{"sweep": "x", "base": "mini.json", "method": "grid", "params": {"optim.learning_rate": {"values": [1]}}}"#,
            to: "bad.json")
        let bad = try workbench("sweep", "bad.json")
        #expect(bad.exitCode == 2 && bad.error.contains(#"did you mean "optimizer.learning_rate"?"#))
        #expect(!FileManager.default.fileExists(atPath: folder.appending(path: ".workbench").path))
        #expect(try workbench("sweep", "nothing.json").exitCode == 3)
        #expect(try workbench("sweep", "status", "last").exitCode == 3)
        #expect(try workbench("sweep", "bad.json", "--jobs", "0").exitCode == 2)
        let stray = try workbench("run", "mini.json", "--trial", "1/2")
        #expect(stray.exitCode == 2 && stray.error.contains("--trial 1/2"))
    }
}
