import Foundation

/// What happens while a model trains. The trainer tells; observers draw, record, store and stop.
public enum TrainingEvent {
    /// Training begins, or goes on.
    case started(Started)
    /// A step is done.
    case step(Step)
    /// The validation list was scored.
    case validated(step: Int, metrics: [(name: String, value: Double)], isBest: Bool)
    /// A checkpoint should be stored now, under these roles.
    case checkpoint([CheckpointRole], Checkpoint)
    /// A loss or gradient was NaN or infinite; the step left the generator as it was.
    case nonFinite(step: Int, inARow: Int)
    /// The training ends with this step, for so many validations brought nothing.
    case endedEarly(step: Int, validations: Int)

    public struct Started {
        /// The first step to come; greater than 0 when a training goes on.
        public let first: Int
        public let steps: Int
        public let parameters: Int
    }

    public struct Step {
        public let number: Int
        public let metrics: [(name: String, value: Double)]
        /// Seconds that the step took, waiting included.
        public let seconds: Double
        /// Seconds that it waited for data.
        public let waited: Double
    }
}

/// Something that follows a training. What it throws ends the training.
public protocol TrainingObserver: AnyObject {
    func handle(_ event: TrainingEvent) throws
}

/// How a training ended.
public enum TrainingEnd: Sendable, Equatable {
    case finished
    /// Somebody asked it to stop after this step.
    case stopped(step: Int)
}
