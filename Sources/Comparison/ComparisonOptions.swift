/// What is paired in a test.
public enum Pairing: String, Sendable, CaseIterable {
    /// The same files under two checkpoints.
    case files
    /// The same seeds under two configurations.
    case seeds
    /// Seeds and files.
    case both
}

/// What a comparison looks at.
public struct ComparisonOptions: Sendable {
    /// Names of metrics, `validation/loss` or `test/pesq`; empty for all.
    public var metrics: [String] = []
    /// Whose test scores are compared; nil for the last, else the best.
    public var checkpoint: String?
    /// Nil for seeds where a side has several, else files.
    public var pairing: Pairing?
    public var grouping = Grouping.automatic
    /// Which value of a logged metric stands for a run.
    public var figure = LoggedMetric.Figure.best
    /// Compares runs with different test sets.
    public var force = false
    /// Whether a checkpoint is the same in every run, such as the unprocessed input.
    public var isFixed: @Sendable (String) -> Bool = { $0 == "input" }
    /// Brings checkpoints into the order in which people read them.
    public var ordered: @Sendable (Set<String>) -> [String] = { $0.sorted() }

    public init() {}

    /// The last checkpoint, else the best one, else any network's.
    func mainCheckpoint(of known: [String]) -> String? {
        for name in ["last", "best"] where known.contains(name) { return name }
        return known.last { !isFixed($0) } ?? known.last
    }
}
