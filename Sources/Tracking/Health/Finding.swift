/// One thing that an examination of a workspace has found, for the better or the worse.
public struct Finding: Sendable, Equatable {
    public enum Level: String, Sendable, CaseIterable {
        /// As it should be.
        case ok
        /// Worth knowing; nothing has to be done.
        case notice
        /// Something may go wrong, or room is wasted.
        case warning
        /// Something is lost or damaged.
        case error
    }

    /// What was looked at.
    public enum Check: String, Sendable, CaseIterable {
        case database, contents, runs, spill, artifacts, checkpoints, leftovers, disk, filesystem
    }

    public let check: Check
    public let level: Level
    /// What was found, in one line.
    public let text: String
    /// What can be done about it; nil where nothing has to be.
    public let advice: String?

    public init(_ check: Check, _ level: Level, _ text: String, advice: String? = nil) {
        self.check = check
        self.level = level
        self.text = text
        self.advice = advice
    }
}
