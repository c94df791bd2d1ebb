import Foundation

/// One stretch of a run's work: its first start, or a resumption.
public struct Attempt: Sendable, Equatable {
    /// 1 for the first start.
    public let number: Int
    /// The first step of the attempt; everything logged at this step or later by earlier attempts was dropped.
    public let fromStep: Int
    /// The SHA-256 of the checkpoint it continued from; nil where it began at step 0.
    public let checkpointSHA: String?
    /// How many points of earlier attempts were dropped.
    public let droppedPoints: Int
    public let started: Date
    /// The end, for an attempt that was interrupted the last sign of life; nil while it lasts.
    public let ended: Date?
}
