/// Finds the name a person probably meant.
public enum NearestName {
    /// The known names closest to the given one, best first.
    ///
    /// Closeness is the number of inserted, deleted or exchanged characters (Levenshtein), where a name
    /// that contains the other counts as close; names further than half of the asked length are left out.
    ///
    /// - Parameters:
    ///   - name: what was asked for.
    ///   - known: the names that exist.
    ///   - limit: how many to return at most.
    public static func nearest(to name: String, among known: [String], limit: Int = 3) -> [String] {
        let asked = Array(name.lowercased().unicodeScalars)
        guard !asked.isEmpty else { return Array(known.prefix(limit)) }
        let ranked = known.enumerated().compactMap { index, candidate -> (Int, Int, String)? in
            let lowered = candidate.lowercased()
            if lowered.contains(name.lowercased()) { return (1, index, candidate) }
            let distance = editDistance(asked, Array(lowered.unicodeScalars))
            return distance <= max(2, asked.count / 2) ? (distance, index, candidate) : nil
        }
        return ranked.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.prefix(limit).map(\.2)
    }

    private static func editDistance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Int {
        var row = Array(0...second.count)
        for (i, a) in first.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in second.enumerated() {
                let substitution = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substitution, row[j] + 1, diagonal + 1)
            }
        }
        return row[second.count]
    }
}
