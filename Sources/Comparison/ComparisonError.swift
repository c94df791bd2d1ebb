/// What hinders a comparison.
public enum ComparisonError: Error, Equatable {
    /// The text after `--group-by`.
    case badGrouping(String)
    case unknownKey(String, nearest: String?)
    case unknownMetric(String, known: [String], nearest: String?)
    case unknownCheckpoint(String, known: [String])
    /// Runs and their test sets.
    case testSetsDiffer([String])
    /// Comparing seeds needs groups of runs.
    case noSeeds
}

extension ComparisonError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .badGrouping(let text):
            "--group-by '\(text)': give keys (model.depth,optimizer.rate), all keys but some (!seed,!model.depth), "
                + "or none"
        case .unknownKey(let key, let nearest):
            "--group-by: no run has the key '\(key)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
        case .unknownMetric(let name, let known, let nearest):
            "no metric '\(name)'; "
                + (nearest.map { "did you mean '\($0)'?" }
                    ?? (known.isEmpty ? "there are none" : "there are \(known.joined(separator: ", "))"))
        case .unknownCheckpoint(let name, let known):
            "no common test scores of a checkpoint '\(name)'; "
                + (known.isEmpty ? "there are none" : "there are \(known.joined(separator: ", "))")
        case .testSetsDiffer(let sets):
            "the test sets differ (\(sets.joined(separator: ", "))): scores on different files do not compare; "
                + "--force compares what files they share, and means without pairs"
        case .noSeeds:
            "--paired seeds needs runs of two configurations with two seeds each at least; "
                + "give more runs, or --paired files"
        }
    }
}
