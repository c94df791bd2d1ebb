import Foundation

/// The state of a run.
public enum RunStatus: String, Sendable, CaseIterable {
    case queued, running, finished, failed, killed, crashed, pruned
    /// Calls itself running, but has given no sign of life although its process exists. Never stored: readers find it.
    case stalled
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
    /// What repeats of the configuration share (`ConfigurationGroup`).
    public let groupHash: String?
    /// Which program computed it (`ProgramIdentity`).
    public let codeHash: String?
    /// The artifact that holds what the working folder differed in from the commit.
    public let gitDiffSHA: String?
    public let sweepID: Int64?
    public let trialNumber: Int?
    /// The run that this one derives from.
    public let parentID: Run.ID?
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
    /// The last sign of life.
    public let lastBeat: Date
    public let note: String
    /// When the run was put aside; nil if it was not.
    public let archived: Date?
    /// Whether the run is protected from being cleaned away.
    public let isPinned: Bool

    /// The address that never changes and is never given to another run: "run12".
    public var address: String { Run.address(of: id) }

    public static func address(of id: Int64) -> String { "run\(id)" }

    /// Seconds from the start to the end, or to `now` while the run lasts.
    public func duration(now: Date = Date()) -> TimeInterval {
        (ended ?? now).timeIntervalSince(started)
    }
}
