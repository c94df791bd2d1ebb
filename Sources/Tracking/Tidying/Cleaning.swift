import Foundation

/// What `Workspace.clean` may remove.
public struct CleaningRules: Sendable {
    /// Only what was archived, or ended, at least so many seconds ago.
    public var minimumAge: TimeInterval
    /// The roles of checkpoints that runs keep ("best", "last"); nil keeps all.
    public var keptCheckpoints: Set<String>?
    /// Files that no run refers to are left alone while they are younger than this, in seconds: another process may
    /// be about to refer to them. Default: one hour.
    public var minimumFileAge: TimeInterval

    public init(
        minimumAge: TimeInterval = 0, keptCheckpoints: Set<String>? = nil, minimumFileAge: TimeInterval = 3600
    ) {
        self.minimumAge = minimumAge
        self.keptCheckpoints = keptCheckpoints
        self.minimumFileAge = minimumFileAge
    }
}

/// What was removed, or would be.
public struct CleaningReport: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        /// An archived run: its rows and its folder.
        case run
        case checkpoint
        /// A content that no run refers to.
        case artifact
        /// The folder of a run that is gone, or what an interrupted program left.
        case leftover
    }

    public struct Item: Sendable, Equatable {
        public let kind: Kind
        /// What it is called: "run12", "run12 step-1199", a path within the workspace.
        public let name: String
        public let bytes: Int
    }

    public internal(set) var items: [Item] = []
    /// Archived runs that were spared, with the reason.
    public internal(set) var spared: [(run: Run.ID, reason: String)] = []

    /// The bytes of all files together. Rows of the database come on top; later runs use their room again.
    public var bytes: Int { items.reduce(0) { $0 + $1.bytes } }
}
