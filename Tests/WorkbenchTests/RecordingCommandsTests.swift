import Audio
import Foundation
import StrictJSON
import Testing

/// Own recordings from the command line: `data align`, `data split`, and a run on a folder.
@Suite("Recordings on the command line", .serialized)
final class RecordingCommandsTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "workbench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Self.experiment.write(to: path("own.json"), atomically: true, encoding: .utf8)
        // Every take sounds different: a recording in two parts of a split is refused.
        for (number, voice) in ["anna", "ben", "carl"].enumerated() {
            for take in 0..<4 {
                try write(number * 10 + take, "recordings/\(voice)/take_\(take).wav", late: 0)
            }
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private static let experiment = """
        {"audio": {"sample_rate": 8000, "fft_size": 128, "hop_length": 64, "mel_bands": 16},
         "dataset": {"kind": "clean_folder", "clean": [{"path": "recordings"}], "test_items": 4,
                     "validation_items": 4, "evaluation_seconds": [1, 2]},
         "model": {"stage1": {"base_channels": 4, "depth": 2}, "stage2": null},
         "task": {"kind": "supervised"},
         "training": {"steps": 3, "batch_size": 2, "clip_frames": 32},
         "evaluation": {"validation_items": 2, "audio_examples": 0}}
        """

    private func path(_ name: String) -> URL { folder.appending(path: name) }

    private func workbench(_ arguments: String...) throws -> BuiltProgram.Outcome {
        try BuiltProgram.run(arguments, in: folder)
    }

    /// Clicks and tones at places that the number decides.
    private func write(_ number: Int, _ name: String, late: Int, seconds: Int = 2) throws {
        let samples = (0..<seconds * 16_000).map { index -> Float in
            let t = Double(index) / 16_000
            let sweep = sin(2 * .pi * (200 + 37 * Double(number % 19) + 300 * t) * t)
            return Float(0.2 * sweep * (0.6 + 0.4 * sin(2 * .pi * (3 + Double(number % 7)) * t)))
        }
        try FileManager.default.createDirectory(
            at: path(name).deletingLastPathComponent(), withIntermediateDirectories: true)
        try AudioFile.write(
            Waveform(sampleRate: 16_000, mono: [Float](repeating: 0, count: late) + samples), to: path(name))
    }

    @Test func aRunOnAFolderKeepsItsSplitAndItsWaitingTime() throws {
        try Data("no sound".utf8).write(to: path("recordings/anna/broken.wav"))
        let refused = try workbench("run", "own.json")
        #expect(
            refused.exitCode == 2 && refused.error.contains("broken.wav") && refused.error.contains("policy"))
        let run = try workbench("run", "own.json", "--set", "dataset.policy=skip")
        #expect(run.exitCode == 0, "\(run.error)")
        #expect(
            run.error.contains("1 recordings left out before training") && run.error.contains("broken.wav"))
        let shown = try JSONDocument(workbench("show", "run1", "--json").output).value
        let metrics = shown["metrics"]?.arrayValue?.compactMap { $0["metric"]?.stringValue } ?? []
        #expect(metrics.contains("data_wait"))
        let artifacts = shown["artifacts"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
        #expect(artifacts.contains("split.json"))
        #expect(shown["events"]?[0]?["body"]?.stringValue?.contains("broken.wav") == true)
        let digests = shown["file_scores"]?.arrayValue?.compactMap { $0["sha256"]?.stringValue } ?? []
        #expect(Set(digests).count == 4)

        // The split of a run freezes the next one's.
        let kept = shown["directory"]?.stringValue.map { $0 + "/split.json" } ?? ""
        let again = try workbench(
            "run", "own.json", "--json", "--set", "dataset.policy=skip", "--set", "dataset.split_file=\(kept)"
        )
        #expect(again.exitCode == 0, "\(again.error)")
        let second = try JSONDocument(workbench("show", "run2", "--json").output).value
        #expect(second["eval_hash"] == shown["eval_hash"] && second["dataset_hash"] == shown["dataset_hash"])
    }

    @Test func splitsAreShownAndFrozen() throws {
        let shown = try workbench("data", "split", "own.json", "-o", "split.json", "--json")
        #expect(shown.exitCode == 0, "\(shown.error)")
        let before = try JSONDocument(shown.output).value
        let refused = try workbench("data", "split", "own.json", "-o", "split.json")
        #expect(refused.exitCode == 2 && refused.error.contains("--overwrite"))
        for take in 4..<30 { try write(50 + take, "recordings/dora/take_\(take).wav", late: 0) }
        let after = try JSONDocument(
            workbench("data", "split", "own.json", "--set", "dataset.split_file=split.json", "--json").output
        ).value
        for part in ["train", "validation", "test"] {
            let old = before[part]?.arrayValue ?? []
            let new = after[part]?.arrayValue ?? []
            #expect(!old.isEmpty && old.allSatisfy { new.contains($0) }, "\(part)")
        }
        #expect(after["hash"] != before["hash"])
        let none = try workbench(
            "data", "split", "own.json", "--set", "dataset.split_file=gone.json")
        #expect(none.exitCode == 3 && none.error.contains("data split"))
    }

    @Test func pairsAreMeasuredAndCorrected() throws {
        for index in 0..<3 {
            try write(index, "pairs/clean/p\(index).wav", late: 0, seconds: 4)
            try write(index, "pairs/noisy/p\(index).wav", late: 160 * index, seconds: 4)
        }
        let table = try workbench("data", "align", "pairs")
        #expect(table.exitCode == 0, "\(table.error)")
        #expect(table.output.contains("offset ms") && table.output.contains("drift ppm"))
        let pairs = try JSONDocument(workbench("data", "align", "pairs", "--out", "fixed", "--json").output)
            .value
        for index in 0..<3 {
            let offset = pairs["pairs"]?[index]?["offset_ms"]?.doubleValue ?? .nan
            #expect(abs(offset - 10 * Double(index)) < 0.02, "\(offset) ms")
        }
        let again = try JSONDocument(workbench("data", "align", "fixed", "--json").output).value
        for index in 0..<3 {
            #expect(abs(again["pairs"]?[index]?["offset_ms"]?.doubleValue ?? .nan) < 0.02)
        }
        try write(7, "pairs/clean/lonely.wav", late: 0)
        let lonely = try workbench("data", "align", "pairs")
        #expect(lonely.exitCode == 2 && lonely.error.contains("lonely"))
    }
}
