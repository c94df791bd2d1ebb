import StrictJSON

/// Finds the figure that a name means.
enum FigureName {
    /// What is known, for messages and for names that several figures share.
    enum Match: Equatable {
        case found(String)
        /// Several figures could be meant.
        case several([String])
        case unknown(nearest: String?)
    }

    /// A figure's own name; else a test score without its `test/` (`pesq_wb`), or without the variant that its name ends
    /// with (`test/pesq` for `test/pesq_wb`), if only one figure is so named.
    static func match(_ name: String, among known: [String]) -> Match {
        if known.contains(name) { return .found(name) }
        // A class in brackets stays as it is.
        let (base, condition) = split(name)
        let candidates = known.filter { candidate in
            let (other, otherCondition) = split(candidate)
            guard otherCondition == condition, other.hasPrefix("test/") else { return false }
            let score = other.split(separator: "/").last.map(String.init) ?? other
            return [other, score].contains { $0 == base || $0.hasPrefix(base + "_") }
        }
        switch candidates.count {
        case 0: return .unknown(nearest: nearestName(to: name, among: known))
        case 1: return .found(candidates[0])
        default: return .several(candidates)
        }
    }

    private static func split(_ name: String) -> (base: String, condition: String) {
        guard let bracket = name.lastIndex(of: "["), name.hasSuffix("]") else { return (name, "") }
        return (String(name[..<bracket]), String(name[bracket...]))
    }
}
