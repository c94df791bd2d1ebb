import Foundation
import Tracking

/// A workspace with three runs, written through the same interface as real runs are.
final class SampleWorkspace {
    let url: URL

    init(_ name: String) throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "workbench-\(ProcessInfo.processInfo.processIdentifier)-\(name)", isDirectory: true)
        try? FileManager.default.removeItem(at: url)
        let workspace = try Workspace(directory: url)
        try Self.write("baseline", rate: "0.001", gain: 0, to: workspace)
        try Self.write("faster", rate: "0.003", gain: 1, to: workspace)
        let failing = try workspace.startRun(
            RunDescription(name: "broken", seed: 3, configJSON: #"{"seed":3}"#))
        try failing.log("train/loss", step: 0, value: 1)
        try failing.log("train/loss", step: 1, value: .nan)
        try failing.finish(.failed, exitCode: 1, error: "the loss is nan at step 1")
    }

    private static func write(_ name: String, rate: String, gain: Double, to workspace: Workspace) throws {
        let recorder = try workspace.startRun(
            RunDescription(
                name: name, seed: 1, configJSON: #"{"model":{"depth":4},"optimizer":{"rate":\#(rate)}}"#,
                evalHash: "9c1f", threads: 2, mainMetric: "val/loss"))
        for step in 0..<20 {
            try recorder.log("train/loss", step: step, value: 1 / Double(step + 1) - gain / 100)
        }
        for step in [9, 19] {
            try recorder.log("val/loss", step: step, value: 0.5 - gain / 10 + Double(step) / 100)
        }
        for checkpoint in ["input", "best"] {
            let scores = (0..<6).map { file in
                FileScore(
                    file: "file\(file)", condition: file < 3 ? "N" : "R", seconds: 2, metric: "si_sdr",
                    result: file == 5 && checkpoint == "best"
                        ? .undefined(reason: "the target is silent")
                        : .value(Double(file) + (checkpoint == "best" ? 5 + gain : 0)))
            }
            try recorder.addFileScores(checkpoint: checkpoint, dataset: "synthetic", scores)
        }
        try recorder.addArtifact(
            .data(Data("abc".utf8)), kind: "audio", role: "enhanced", name: "file0.wav", mime: "audio/wav")
        try recorder.event(.info, "validation", body: "step 9")
        try recorder.finish(.finished, exitCode: 0)
    }

    /// Runs the program on this workspace.
    func run(_ arguments: String...) throws -> BuiltProgram.Outcome {
        try BuiltProgram.run(arguments + ["--workspace", url.path])
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }
}
