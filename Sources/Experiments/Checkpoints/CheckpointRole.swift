/// Which of a run's checkpoints.
public enum CheckpointRole: Sendable, Hashable {
    /// The newest.
    case last
    /// The newest before that, in case the newest is damaged.
    case previous
    /// The one with the lowest validation loss.
    case best
    /// The newest before the discriminator joined.
    case generatorOnly
    /// One that `training.keep_every` keeps: the state after this step.
    case step(Int)

    /// The roles that a run has one of.
    public static let singular: [CheckpointRole] = [.last, .best, .generatorOnly, .previous]

    /// Whether it holds what training needs to go on, beside the weights.
    public var canBeResumed: Bool {
        switch self {
        case .last, .previous, .step: true
        case .best, .generatorOnly: false
        }
    }
}

extension CheckpointRole: RawRepresentable {
    /// The name in files and commands: `last`, `previous`, `best`, `generator_only`, `step-1199`.
    public var rawValue: String {
        switch self {
        case .last: "last"
        case .previous: "previous"
        case .best: "best"
        case .generatorOnly: "generator_only"
        case .step(let step): "step-\(step)"
        }
    }

    public init?(rawValue: String) {
        if let role = Self.singular.first(where: { $0.rawValue == rawValue }) {
            self = role
        } else if rawValue.hasPrefix("step-"), let step = Int(rawValue.dropFirst(5)), step >= 0,
            rawValue == "step-\(step)"
        {
            self = .step(step)
        } else {
            return nil
        }
    }
}
