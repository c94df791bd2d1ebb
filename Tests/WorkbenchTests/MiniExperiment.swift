import Foundation
import StrictJSON

/// A folder with an experiment, `mini.json`, that trains in a second or two, and the program run in it.
final class MiniExperiment: Sendable {
    let folder: URL

    /// - Parameter training: the members of `training`, as JSON.
    init(training: String) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "workbench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let text = """
            {"name": "mini",
             "audio": {"sample_rate": 8000, "fft_size": 128, "hop_length": 64, "mel_bands": 16},
             "dataset": {"kind": "synthetic", "validation_items": 4, "test_items": 4, "evaluation_seconds": 1},
             "model": {"stage1": {"base_channels": 4, "depth": 2}, "stage2": {"base_channels": 4, "depth": 2}},
             "task": {"kind": "adversarial", "discriminator": {"base_channels": 4, "layers": 2},
                      "generator_only_share": 0.5},
             "training": {\(training)},
             "evaluation": {"validation_items": 2, "audio_examples": 1}}
            """
        try text.write(to: path("mini.json"), atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> URL { folder.appending(path: name) }

    /// Runs the program in the folder and waits for its end.
    func workbench(_ arguments: [String]) throws -> BuiltProgram.Outcome {
        try BuiltProgram.run(arguments, in: folder)
    }
}
