import ArgumentParser
import Foundation
import Tracking

/// `workbench torture write`: logs, and says on standard output which steps are durable.
struct TortureWriteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write", abstract: "Log until killed; print the run, then the number of durable steps.")

    @Option var workspace: String
    @Option var metrics = 4
    @Option var steps: Int?
    @Option var seed = 0
    @Option(help: "A run to resume, as RUN:STEP.") var resume: String?

    func run() throws {
        let workspace = try Workspace(directory: URL(fileURLWithPath: workspace, isDirectory: true))
        var step = 0
        let recorder: RunRecorder
        if let place = resume?.split(separator: ":"), place.count == 2, let first = Int(place[1]) {
            recorder = try workspace.resume(workspace.run(String(place[0])).id, fromStep: first)
            step = first
        } else {
            recorder = try workspace.startRun(
                RunDescription(kind: "torture", seed: UInt64(seed), configJSON: "{}"))
        }
        say(recorder.address)
        let handles = try (0..<metrics).map { try recorder.metric(TorturePoints.metricName($0)) }
        var burst = UInt64(seed) &* 2_654_435_761 &+ 1
        while steps.map({ step < $0 }) ?? true {
            burst = burst &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            // Mostly small bursts, which stay rows; some that are packed at once.
            let size = [1, 7, 60, 400, 5_000][Int(burst >> 33) % 5]
            let end = min(step + size, steps ?? .max)
            for step in step..<end {
                for (index, handle) in handles.enumerated() {
                    try handle.log(step: step, value: TorturePoints.value(index, step: step))
                }
            }
            step = end
            try recorder.setLastStep(step - 1)
            try recorder.flush()
            say("\(step)")
        }
        try recorder.finish(.finished, exitCode: 0)
    }

    /// Past every buffer of this process.
    private func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(1, bytes, bytes.count)
    }
}
