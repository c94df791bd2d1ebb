import Foundation

/// From disturbances of frames to one score.
///
/// Source: ITU-T P.862 (02/2001), clauses 10.2.13 to 10.2.15.
enum PESQAggregation {
    /// Frames of a split second, and from one to the next.
    private static let interval = 20
    private static let hop = 10

    /// L6 over split seconds, L2 over the whole. In recordings of more than 16 s late intervals count more.
    static func overall(_ values: [Double]) -> Double {
        var sum = 0.0
        var weights = 0.0
        let longFactor = min(max(0, (Double(values.count) - 1000) / 5500), 0.5)
        for start in stride(from: 0, to: max(1, values.count), by: hop) {
            var powers = 0.0
            for frame in start..<min(start + interval, values.count) {
                let square = values[frame] * values[frame]
                powers += square * square * square
            }
            let norm = pow(powers / Double(interval), 1.0 / 6)
            let weight = 1 - longFactor + longFactor * Double(start) / Double(max(1, values.count))
            sum += weight * weight * norm * norm
            weights += weight * weight
        }
        return (sum / weights).squareRoot()
    }

    /// The raw score of P.862.
    static func score(symmetric: Double, asymmetric: Double) -> Double {
        4.5 - 0.1 * symmetric - 0.0309 * asymmetric
    }
}
