import Audio
import Foundation
import StrictJSON
import Tensor

@testable import Experiments

/// A tiny experiment that trains in a moment.
enum Miniature {
    static let text = """
        {"name": "miniature",
         "audio": {"sample_rate": 8000, "fft_size": 128, "hop_length": 64, "mel_bands": 16},
         "dataset": {"kind": "synthetic", "validation_items": 4, "test_items": 4, "evaluation_seconds": 1},
         "model": {"stage1": {"base_channels": 4, "depth": 2}, "stage2": {"base_channels": 4, "depth": 2}},
         "task": {"kind": "adversarial", "discriminator": {"base_channels": 4, "layers": 2},
                  "generator_only_share": 0.5},
         "optimizer": {"warmup_steps": 1},
         "training": {"steps": 4, "batch_size": 2, "clip_frames": 32, "validate_every": 2,
                      "checkpoint_every": 2},
         "evaluation": {"validation_items": 2, "audio_examples": 1}}
        """

    static func config(_ changes: String...) throws -> ExperimentConfig {
        var document = try JSONDocument(text)
        for change in changes { try document.apply(Override(change)) }
        return try document.decode(ExperimentConfig.self)
    }

    /// A folder that is deleted when the value goes away.
    final class Folder {
        let url: URL
        init() throws {
            url = FileManager.default.temporaryDirectory.appending(path: "workbench-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        }
        deinit { try? FileManager.default.removeItem(at: url) }
    }

    /// Two folders with noisy copies of sines.
    static func pairs(in folder: URL, count: Int, sampleRate: Int = 8000, seconds: Double = 1) throws {
        for part in ["clean", "noisy"] {
            try FileManager.default.createDirectory(
                at: folder.appending(path: part), withIntermediateDirectories: true)
        }
        for index in 0..<count {
            var stream = RandomStream(seed: 1, "pairs", index)
            let frequency = 200 + 100 * Double(index)
            let clean = (0..<Int(seconds * Double(sampleRate))).map {
                Float(0.2 * sin(2 * .pi * frequency * Double($0) / Double(sampleRate)))
            }
            let noisy = clean.map { $0 + Float(0.02 * stream.gaussian()) }
            let name = "item_\(index)_\(index % 2 == 0 ? "N" : "R").wav"
            try AudioFile.write(
                Waveform(sampleRate: sampleRate, mono: clean), to: folder.appending(path: "clean/\(name)"))
            try AudioFile.write(
                Waveform(sampleRate: sampleRate, mono: noisy), to: folder.appending(path: "noisy/\(name)"))
        }
    }
}

/// Keeps the events of a training.
final class Recorder: TrainingObserver {
    var losses: [Double] = []
    var checkpoints: [(role: CheckpointRole, checkpoint: Checkpoint)] = []
    var validations: [[(name: String, value: Double)]] = []
    var skipped = 0
    var metricNames: Set<String> = []

    func handle(_ event: TrainingEvent) throws {
        switch event {
        case .step(let step):
            losses.append(step.metrics.first?.value ?? .nan)
            metricNames.formUnion(step.metrics.map(\.name))
        case .checkpoint(let roles, let checkpoint):
            for role in roles { checkpoints.append((role, checkpoint)) }
        case .validated(_, let metrics, _): validations.append(metrics)
        case .nonFinite: skipped += 1
        case .started, .endedEarly: break
        }
    }
}
