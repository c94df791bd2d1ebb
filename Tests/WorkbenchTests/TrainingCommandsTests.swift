import Audio
import Foundation
import StrictJSON
import Testing

/// `run`, `evaluate` and `enhance` as a user types them.
@Suite("Training commands", .serialized)
final class TrainingCommandsTests {
    private let experiment: MiniExperiment
    private var folder: URL { experiment.folder }

    init() throws {
        experiment = try MiniExperiment(
            training: """
                "steps": 6, "batch_size": 2, "clip_frames": 32, "validate_every": 3, "checkpoint_every": 3
                """)
    }

    private func workbench(_ arguments: String...) throws -> BuiltProgram.Outcome {
        try experiment.workbench(arguments)
    }

    private func path(_ name: String) -> URL { folder.appending(path: name) }

    private func json(_ text: String) throws -> JSONValue { try JSONDocument(text).value }

    @Test func fromTrainingToAnEnhancedFile() throws {
        let first = try workbench("run", "mini.json")
        #expect(first.exitCode == 0, "\(first.error)")
        for text in [
            "input", "spectral subtraction", "stage 1 alone (last)", "all stages (generator-only)", "lsd_db",
        ] {
            #expect(first.output.contains(text), "\(text) is not in\n\(first.output)")
        }
        #expect(first.error.contains("run1") && !first.output.contains("eta"))

        let second = try workbench("run", "mini.json", "--seed", "2", "--name", "second", "--quiet", "--json")
        #expect(second.exitCode == 0 && second.error.isEmpty)
        let object = try json(second.output)
        #expect(object["run"]?.stringValue == "run2" && object["status"]?.stringValue == "finished")
        #expect(object["test"]?.arrayValue?.isEmpty == false)

        // A repeat: another seed and name, the same program.
        let runs = try ["run1", "run2"].map { try json(workbench("show", $0, "--json").output) }
        #expect(runs[0]["code_hash"]?.stringValue?.isEmpty == false)
        #expect(
            runs[0]["code_hash"] == runs[1]["code_hash"] && runs[0]["group_hash"] == runs[1]["group_hash"])
        #expect(runs[0]["config_hash"] != runs[1]["config_hash"])

        let list = try json(workbench("ls", "--json").output)["runs"]?.arrayValue ?? []
        #expect(Set(list.compactMap { $0["run"]?.stringValue }) == ["run1", "run2"])
        #expect(list.compactMap { $0["last_step"]?.intValue } == [5, 5])
        let shown = try workbench("show", "run1")
        #expect(shown.output.contains("test_003_A_enhanced.wav") && shown.output.contains("spectrogram"))
        let series = try json(workbench("series", "run1", "train/loss", "--json").output)
        #expect(series["points"]?.arrayValue?.count == 6)
        for metric in ["memory/peak_mib", "memory/peak_tensors_mib"] {
            let points = try json(workbench("series", "run1", metric, "--json").output)["points"]?.arrayValue
            #expect(points?.count == 1, "\(metric)")
        }
        let compared = try workbench("compare", "run1", "run2")
        #expect(compared.exitCode == 0 && compared.output.contains("seed"))
        #expect(compared.output.contains("si_sdr"))

        // The same seed gives the same scores in another process with another number of threads.
        let again = try workbench("run", "mini.json", "--seed", "2", "--threads", "1", "--json")
        #expect(try json(again.output)["test"] == object["test"])
        // Another engine rounds otherwise, and no more.
        let reference = try workbench(
            "run", "mini.json", "--seed", "2", "--set", "training.engine=blas", "--json", "--quiet")
        let run = try json(reference.output)["run"]?.stringValue ?? ""
        let losses = try ["run2", run].map { run in
            try json(workbench("series", run, "train/loss", "--json").output)["points"]?[0]?["value"]?
                .doubleValue ?? .nan
        }
        #expect(abs(losses[0] - losses[1]) < 1e-4 * abs(losses[0]), "\(losses)")

        let own = try workbench("evaluate", "--run", "run2", "--json")
        #expect(try json(own.output)["test"] == object["test"])

        try enhanceFiles()
    }

    private func enhanceFiles() throws {
        let sine = (0..<30_000).map { Float(0.3 * sin(Double($0) * 0.1)) }
        let stereo = Waveform(sampleRate: 22_050, channels: [sine, sine.reversed()])
        try FileManager.default.createDirectory(at: path("in"), withIntermediateDirectories: true)
        try AudioFile.write(stereo, to: path("in/a.wav"), format: AudioFormat(.wav, .float32))
        try AudioFile.write(stereo, to: path("in/b.flac"), format: AudioFormat(.flac, .pcm24))
        try AudioFile.write(stereo, to: path("in/c.ogg"))

        let one = try workbench("enhance", "--run", "run1", "in/a.wav", "out.wav")
        #expect(one.exitCode == 0, "\(one.error)")
        #expect(one.output.contains("real-time factor"))
        let refused = try workbench("enhance", "--run", "run1", "in/a.wav", "out.wav")
        #expect(refused.exitCode == 2 && refused.error.contains("--overwrite"))
        let same = try workbench("enhance", "--run", "run1", "in/a.wav", "in/a.wav", "--overwrite")
        #expect(same.exitCode == 2 && same.error.contains("same file"))

        let many = try workbench("enhance", "--run", "last", "in", "out", "--stage", "stage1", "--json")
        #expect(many.exitCode == 0, "\(many.error)")
        #expect(try json(many.output)["files"]?.arrayValue?.count == 3)
        for name in ["a.wav", "b.flac", "c.ogg"] {
            let (before, after) = (
                try AudioFileReader(path("in/\(name)")), try AudioFileReader(path("out/\(name)"))
            )
            #expect(before.frameCount == after.frameCount && before.sampleRate == after.sampleRate)
            #expect(before.channelCount == after.channelCount && before.format == after.format)
        }

        // A broken file among good ones: the good ones are done, the broken one is named.
        let data = try Data(contentsOf: path("in/a.wav"))
        try data.prefix(data.count / 3).write(to: path("in/broken.wav"))
        let mixed = try workbench("enhance", "--run", "run1", "in", "mixed")
        #expect(mixed.exitCode == 2 && mixed.error.contains("broken.wav"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: path("mixed").path).sorted()
                == ["a.wav", "b.flac", "c.ogg"])
    }

    @Test func dryRunTellsAndDoesNothing() throws {
        let outcome = try workbench("run", "mini.json", "--dry-run", "--set", "training.steps=9")
        #expect(outcome.exitCode == 0 && outcome.output.contains("\"steps\": 9"))
        #expect(outcome.output.contains("trained parameters") && outcome.output.contains("GFLOP"))
        #expect(!FileManager.default.fileExists(atPath: path(".workbench").path))
    }

    @Test func keysAreListed() throws {
        let all = try workbench("keys")
        #expect(all.exitCode == 0)
        for key in [
            "optimizer.learning_rate", "dataset(paired_folders).path", "losses(log_mel).weight",
            "model.stage2.depth",
        ] {
            #expect(all.output.contains(key), "\(key)")
        }
        let some = try json(workbench("keys", "learning", "--json").output)["keys"]?.arrayValue ?? []
        #expect(
            some.contains {
                $0["key"]?.stringValue == "optimizer.learning_rate" && $0["default"] == .number(0.001)
            })
        #expect(try workbench("keys", "lerning").exitCode == 3)
    }

    @Test(
        arguments: [
            (["run", "nothing.json"], 3, "nothing.json"),
            (["run", "."], 2, ""),
            (
                ["run", "mini.json", "--set", "optimizer.lerning_rate=1"], 2,
                "did you mean \"learning_rate\"?"
            ),
            (["run", "mini.json", "--set", "dataset.kind=synthetik"], 2, "did you mean \"synthetic\"?"),
            (["run", "mini.json", "--set", "audio.mel_bands=18"], 2, "multiples of 4"),
            (["run", "mini.json", "--set", "training.batch_size=many"], 2, "training.batch_size"),
            (["run", "mini.json", "--steps", "0"], 2, "training.steps"),
            (["run", "mini.json", "--epochs", "2"], 2, "endless"),
            (["run", "mini.json", "--epochs", "2", "--steps", "3"], 2, "not both"),
            (["run", "mini.json", "--threads", "0"], 2, "1 to 256"),
            (["run", "mini.json", "--set", "dataset={\"kind\": \"paired_folders\"}"], 2, "dataset.path=DIR"),
            (
                ["run", "mini.json", "--set", "dataset={\"kind\": \"paired_folders\", \"path\": \"no\"}"], 3,
                "no such folder"
            ),
            (["run", "mini.json", "--workspace", "mini.json"], 2, "mini.json"),
            (["evaluate", "--run", "run7"], 3, ""),
            (["enhance", "--run", "run7", "mini.json", "out.wav"], 3, ""),
            (["enhance", "--run", "run7", "no.wav", "out.wav"], 3, "no.wav"),
            (["enhance", "--run", "run7", "mini.json"], 2, ""),
        ] as [([String], Int32, String)])
    func mistakesHaveOneLineAndACode(arguments: [String], exitCode: Int32, text: String) throws {
        let outcome = try BuiltProgram.run(arguments, in: folder)
        #expect(outcome.exitCode == exitCode, "\(arguments): \(outcome)")
        #expect(outcome.output.isEmpty)
        #expect(text.isEmpty || outcome.error.contains(text), "\(outcome.error)")
        #expect(!FileManager.default.fileExists(atPath: path(".workbench/runs/run1").path))
    }

    @Test func brokenJSONIsLocated() throws {
        try "{\"seed\": 1,\n \"training\": {\"steps\": 3,}}".write(
            to: path("broken.json"), atomically: true, encoding: .utf8)
        let outcome = try workbench("run", "broken.json")
        #expect(outcome.exitCode == 2 && outcome.error.contains("broken.json:2:"), "\(outcome.error)")
    }

    @Test func notANumberStopsWithAStory() throws {
        let outcome = try workbench(
            "run", "mini.json", "--steps", "60", "--set", "optimizer.learning_rate=1", "--set",
            "optimizer.clip_norm=1e30", "--set", "losses=[{\"kind\": \"log_mel\", \"weight\": 1e38}]",
            "--set",
            "training.non_finite_patience=2")
        #expect(outcome.exitCode == 1, "\(outcome)")
        #expect(outcome.error.contains("not finite for 2 steps in a row"), "\(outcome.error)")
        #expect(outcome.error.contains("optimizer.learning_rate"))
        let list = try json(workbench("ls", "--json").output)["runs"]?.arrayValue ?? []
        #expect(list.first?["status"]?.stringValue == "failed")
        // How much memory it took is told of a failure too.
        #expect(try workbench("series", "run1", "memory/peak_mib").exitCode == 0)
    }

    /// A file system of its own that is too small; needs the right to mount one.
    @Test(.enabled(if: canMount, "needs the right to mount"), arguments: ["64k", "300k", "700k"])
    func aFullDiskIsToldAndLeavesNothingHalf(size: String) throws {
        let disk = path("disk")
        try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
        try #require(try Self.succeeds("mount", "-t", "tmpfs", "-o", "size=\(size)", "tmpfs", disk.path))
        defer { _ = try? Self.succeeds("umount", disk.path) }
        let outcome = try workbench("run", "mini.json", "--workspace", "disk/ws")
        #expect(outcome.exitCode == 1, "\(outcome)")
        #expect(outcome.error.contains("o space left"), "\(outcome.error)")
        let files = FileManager.default.enumerator(atPath: disk.path)?.compactMap { $0 as? String } ?? []
        #expect(!files.contains { $0.contains(".tmp") || $0.contains(".partial") }, "\(files)")
        // Every checkpoint that is named can be used.
        for file in files where file.hasSuffix(".json") {
            let description = try JSONDocument(contentsOf: disk.appending(path: file).path)
            for member in description.value["files"]?.objectValue?.members ?? [] {
                #expect(files.contains { $0.hasSuffix("/" + (member.value["name"]?.stringValue ?? "?")) })
            }
        }
    }

    /// Whether a small file system can be had here: not every machine's root may mount one.
    static let canMount: Bool = {
        let folder = FileManager.default.temporaryDirectory.appending(path: "workbench-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guard (try? succeeds("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder.path)) == true else {
            return false
        }
        return (try? succeeds("umount", folder.path)) == true
    }()

    static func succeeds(_ command: String...) throws -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
