/// What a trial came to, as tables need it.
public struct TrialOutcome: Sendable {
    /// The configuration: equal for its seeds.
    public let hash: String
    public let name: String?
    public let assignment: Assignment
    public let seed: Int
    /// The objective; nil for a trial that has not come to its end.
    public let value: Double?
    /// How long its run took.
    public let minutes: Double?

    public init(
        hash: String, name: String?, assignment: Assignment, seed: Int, value: Double?, minutes: Double?
    ) {
        self.hash = hash
        self.name = name
        self.assignment = assignment
        self.seed = seed
        self.value = value
        self.minutes = minutes
    }
}
