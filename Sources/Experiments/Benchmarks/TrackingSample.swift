import Foundation
import StrictJSON
import Tracking

/// A workspace of many runs and of two long ones, to time reading on.
public struct TrackingSample: Sendable {
    /// Finished runs of 20 steps and five metrics.
    public var runs = 2_000
    /// Keys of the configuration of each run.
    public var parameters = 100
    /// The points of the one metric of the two long runs, which come last.
    public var points = 1_000_000

    public init() {}

    /// Makes the workspace.
    ///
    /// - Parameter progress: told how many runs are there.
    public func make(in folder: URL, progress: (Int) -> Void) throws {
        let workspace = try Workspace(directory: folder)
        for run in 0..<runs {
            let recorder = try workspace.startRun(description(run))
            for step in 0..<20 {
                for metric in 0..<5 {
                    try recorder.log(
                        "train/metric_\(metric)", step: step,
                        value: Double(run % 17 + metric) / Double(step + 1))
                }
            }
            try recorder.finish(.finished, exitCode: 0)
            progress(run + 1)
        }
        for run in runs..<runs + 2 {
            let recorder = try workspace.startRun(description(run))
            let loss = try recorder.metric("train/loss")
            for step in 0..<points {
                try loss.log(
                    step: step, value: 1 / (1 + Double(step) * 1e-4) + Double(step &* run % 97) * 1e-3)
            }
            try recorder.finish(.finished, exitCode: 0)
        }
    }

    private func description(_ run: Int) -> RunDescription {
        var config: [(key: String, value: JSONValue)] = []
        for part in 0..<max(1, parameters / 10) {
            let keys = (0..<min(10, parameters)).map { key -> (key: String, value: JSONValue) in
                ("key_\(key)", .number(Double(run % (part + key + 2)) * 0.125))
            }
            config.append(("part_\(part)", .object(JSONObject(keys))))
        }
        return RunDescription(
            name: "run of the sample", seed: UInt64(run),
            configJSON: JSONValue.object(JSONObject(config)).canonicalText,
            configHash: "sample \(run % 50)", programVersion: "bench", mainMetric: "train/metric_0")
    }
}
