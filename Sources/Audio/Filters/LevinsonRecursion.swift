/// Linear prediction from an autocorrelation.
///
/// Source: Makhoul, Linear prediction: a tutorial review, Proc. IEEE 63(4), 1975, section II-D.
enum LevinsonRecursion {
    /// 1, a[1] ... a[order]: the filter whose output is the error of the best prediction; nil for a signal without
    /// power.
    static func predictionError(_ correlation: [Double], order: Int) -> [Double]? {
        guard correlation[0] > 0 else { return nil }
        var filter = [Double](repeating: 0, count: order + 1)
        filter[0] = 1
        var error = correlation[0]
        for step in stride(from: 1, through: order, by: 1) {
            var sum = correlation[step]
            for i in 1..<max(step, 1) { sum += filter[i] * correlation[step - i] }
            let reflection = -sum / error
            let before = filter
            for i in 1..<max(step, 1) { filter[i] = before[i] + reflection * before[step - i] }
            filter[step] = reflection
            error *= 1 - reflection * reflection
            // What is left is predicted perfectly, or was rounding.
            if error <= 1e-12 * correlation[0] { break }
        }
        return filter
    }
}
