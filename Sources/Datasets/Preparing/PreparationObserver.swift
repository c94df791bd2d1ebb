/// Whoever shows how far a preparation is.
public protocol PreparationObserver {
    /// A phase begins: `total` units of work are ahead.
    func begin(_ phase: String, total: Int, unit: String)
    func advance(to done: Int, detail: String)
    func end()
    /// Whether somebody asked to stop.
    var isCancelled: Bool { get }
}

/// What a preparation did.
public struct PreparationReport: Sendable {
    public let set: PreparedSet
    /// A file of a package that nothing was made of.
    public struct Skipped: Sendable, Equatable {
        public let source: String
        public let original: String
        public let reason: String
    }
    public let skipped: [Skipped]
    /// True if the set was complete and unchanged before.
    public let wasComplete: Bool
    public let downloadedBytes: Int
}
