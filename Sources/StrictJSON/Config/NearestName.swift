/// The known name that a misspelt one most likely means.
///
/// Compares by optimal string alignment distance (insertions, deletions, substitutions and swaps of
/// neighbours cost 1 each), case ignored; nothing is suggested beyond a third of the length.
///
/// - Parameters:
///   - name: what the user wrote.
///   - known: the names there are; of equally near ones the first is taken.
/// - Returns: the nearest name, or `nil` if none is near.
public func nearestName(to name: String, among known: [String]) -> String? {
    let wanted = Array(name.lowercased().unicodeScalars.prefix(65))
    guard wanted.count <= 64 else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in known {
        let letters = Array(candidate.lowercased().unicodeScalars)
        let distance = editDistance(wanted, letters)
        let limit = max(1, max(wanted.count, letters.count) / 3)
        if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
}

/// What an error about an unknown name ends with: the nearest known name, or all of them.
///
/// - Parameter what: what the names are called in the list, for example `known keys`.
public func suggestion(for name: String, among known: [String], what: String) -> String {
    if let nearest = nearestName(to: name, among: known) { return "did you mean \(quoted(nearest))?" }
    return known.isEmpty ? "there are no \(what)" : "\(what): \(known.joined(separator: ", "))"
}

private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
        var row = [i + 1]
        for j in b.indices {
            var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
            row.append(cost)
        }
        beforeLast = last
        last = row
    }
    return last[b.count]
}
