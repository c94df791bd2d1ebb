/// Why something cannot be imported, and where in it the reason lies. Nothing was changed.
public struct ImportError: Error, Equatable, CustomStringConvertible {
    /// The file or folder.
    public let path: String
    /// The place within it, such as "line 3, column 7".
    public let place: String?
    public let reason: String
    /// Whether there is nothing at the path.
    public let isMissing: Bool

    init(_ path: String, place: String? = nil, _ reason: String, isMissing: Bool = false) {
        self.path = path
        self.place = place
        self.reason = reason
        self.isMissing = isMissing
    }

    public var description: String {
        "cannot import \(path): " + (place.map { "\($0): " } ?? "") + reason
    }
}

/// What came in.
public struct ImportResult: Sendable {
    /// A run that was entered.
    public struct Imported: Sendable {
        public let run: Run.ID
        public var address: String { Run.address(of: run) }
        public let name: String?
        public let points: Int
        public let metrics: Int
    }

    /// A sweep that runs were trials of.
    public struct ImportedSweep: Sendable {
        public let sweep: Sweep.ID
        public var address: String { Sweep.address(of: sweep) }
        public let name: String
        public let trials: Int
        /// Whether the workspace did not have it yet.
        public let isNew: Bool
    }

    public internal(set) var sweeps: [ImportedSweep] = []
    public internal(set) var runs: [Imported] = []
    /// Runs that the workspace had already.
    public internal(set) var present: [Imported] = []
    /// Things worth knowing, each in one line.
    public internal(set) var notes: [String] = []
}
