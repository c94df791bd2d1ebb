import Foundation

/// The state of a run.
public enum RunStatus: String, Sendable, CaseIterable {
    case queued, running, finished, failed, killed, crashed, pruned
}

/// One run as the workspace knows it.
public struct Run: Sendable, Identifiable {
    public let id: Int64
    /// The free name, when one was given.
    public let name: String?
    public let kind: String
    /// The state; a run that the database calls running but whose process is dead is `crashed`.
    public let status: RunStatus
    public let exitCode: Int?
    public let error: String?
    public let seed: UInt64
    public let configJSON: String
    public let configHash: String?
    public let datasetHash: String?
    public let evalHash: String?
    public let gitCommit: String?
    public let gitDirty: Bool?
    public let host: String
    public let cpu: String?
    public let threads: Int?
    public let commandLine: String?
    public let programVersion: String
    public let environment: [String: String]
    /// The metric that decides which checkpoint is best.
    public let mainMetric: String?
    public let started: Date
    /// The end, or nil while the run lasts. For a crashed run the last sign of life.
    public let ended: Date?
    public let lastStep: Int?

    /// The address that never changes and is never given to another run: "run12".
    public var address: String { Run.address(of: id) }

    static func address(of id: Int64) -> String { "run\(id)" }

    /// Seconds from the start to the end, or to `now` while the run lasts.
    public func duration(now: Date = Date()) -> TimeInterval {
        (ended ?? now).timeIntervalSince(started)
    }
}
