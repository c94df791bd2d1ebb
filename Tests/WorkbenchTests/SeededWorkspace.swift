import Foundation
import Tracking

/// A workspace with two configurations of six seeds each, whose runs keep curves, test scores and audio.
///
/// run1 to run6 are the plain one, run7 to run12 the better one, by 0.1 and a little noise.
final class SeededWorkspace {
    let url: URL

    static let seeds = 6
    static let files = 8

    init(_ name: String, keepsAudio: Bool = false) throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "workbench-\(ProcessInfo.processInfo.processIdentifier)-\(name)", isDirectory: true)
        try? FileManager.default.removeItem(at: url)
        let workspace = try Workspace(directory: url)
        for (gain, group) in [(0.0, "plain"), (0.1, "better")] {
            for seed in 1...Self.seeds {
                try Self.write(group, gain, seed, keepsAudio: keepsAudio && seed == 1, to: workspace)
            }
        }
    }

    /// Something that varies, the same every time.
    private static func noise(_ seed: Int, _ place: Int) -> Double {
        sin(Double(seed * 37 + place * 91)) / 50
    }

    private static func write(
        _ group: String, _ gain: Double, _ seed: Int, keepsAudio: Bool, to workspace: Workspace
    ) throws {
        let recorder = try workspace.startRun(
            RunDescription(
                name: group, seed: UInt64(seed),
                configJSON: #"{"seed":\#(seed),"model":{"gain":\#(gain)},"name":"\#(group)"}"#,
                configHash: group, evalHash: "9c1f", mainMetric: "val/loss"))
        for step in 0..<30 {
            try recorder.log(
                "val/loss", step: step * 10, value: 1 / Double(step + 1) - gain + noise(seed, step))
        }
        let scores = (0..<files).map { file in
            FileScore(
                file: "f\(file)", condition: file < 4 ? "N" : "R", seconds: 1, sha256: "digest\(file)",
                metric: "si_sdr",
                result: .value(Double(file) + gain + noise(seed, file) + 10 * gain * noise(seed, 99)))
        }
        try recorder.addFileScores(checkpoint: "last", dataset: "set", scores)
        if keepsAudio {
            for (role, level) in [("degraded", 0.5), ("enhanced", 0.3 + gain), ("target", 0.2)] {
                try recorder.addArtifact(
                    .data(tone(level)), kind: "audio", role: role, name: "f0_\(role).wav", mime: "audio/wav")
            }
        }
        try recorder.finish(.finished, exitCode: 0)
    }

    /// A quarter of a second at 8 kHz, 16 bits.
    private static func tone(_ level: Double) -> Data {
        let samples = (0..<2000).map { Int16(32767 * level * sin(Double($0) * 0.3)) }
        func bytes<Number: FixedWidthInteger>(_ number: Number) -> Data {
            withUnsafeBytes(of: number.littleEndian) { Data($0) }
        }
        var data = Data("RIFF".utf8) + bytes(UInt32(36 + 4000)) + Data("WAVEfmt ".utf8)
        data += bytes(UInt32(16)) + bytes(UInt16(1)) + bytes(UInt16(1)) + bytes(UInt32(8000))
        data += bytes(UInt32(16000)) + bytes(UInt16(2)) + bytes(UInt16(16)) + Data("data".utf8)
        data += bytes(UInt32(4000))
        for sample in samples { data += bytes(sample) }
        return data
    }

    /// Runs the program on this workspace.
    func run(_ arguments: String...) throws -> BuiltProgram.Outcome {
        try BuiltProgram.run(arguments + ["--workspace", url.path])
    }

    /// The addresses of all runs.
    static let all = (1...2 * seeds).map { "run\($0)" }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }
}
