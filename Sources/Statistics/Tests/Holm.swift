/// Adjustment of several p values, so that the chance of any false alarm among them stays at the level.
public enum Holm {
    /// Adjusted p values in the order given: the k-th smallest of m times (m - k + 1), never below a smaller
    /// one's, at most 1.
    ///
    /// Source: Holm, A simple sequentially rejective multiple test procedure, Scand. J. Statistics 6 (2), 1979.
    public static func adjusted(_ values: [Double]) -> [Double] {
        var result = values
        var highest = 0.0
        for (place, index) in values.indices.sorted(by: { values[$0] < values[$1] }).enumerated() {
            highest = max(highest, min(1, Double(values.count - place) * values[index]))
            result[index] = highest
        }
        return result
    }
}
