import Statistics

/// The mean of several runs' curves with Student's 95 % interval at each step.
public struct BandedCurve: Sendable {
    public struct Place: Sendable, Equatable {
        public let step: Double
        public let mean: Double
        /// Half the width of the interval; nil where a single run is left.
        public let halfWidth: Double?
        /// How many runs have a value there.
        public let count: Int
    }

    public let places: [Place]

    /// The runs' values at the steps of all of them, straight lines in between.
    ///
    /// - Parameter most: how many steps to keep, spread evenly. Default 400.
    public init(_ curves: [SampledCurve], most: Int = 400) {
        var steps = Set(curves.flatMap { $0.places.map(\.step) }).sorted()
        if steps.count > most, most > 1 {
            let last = steps.count - 1
            steps = (0..<most).map { steps[$0 * last / (most - 1)] }
        }
        places = steps.compactMap { step in
            guard let summary = SampleSummary(curves.compactMap { $0.value(at: step) }) else { return nil }
            return Place(
                step: step, mean: summary.mean, halfWidth: summary.halfWidth(), count: summary.count)
        }
    }

    /// The numbers of runs with the step from which on each holds.
    public var counts: [(step: Double, count: Int)] {
        var counts: [(step: Double, count: Int)] = []
        for place in places where counts.last?.count != place.count {
            counts.append((place.step, place.count))
        }
        return counts
    }
}
