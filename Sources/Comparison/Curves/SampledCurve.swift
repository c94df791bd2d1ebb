/// A curve in as many places as can be drawn. Each place stands for the points from its step on, and keeps their
/// extremes, so that a single spike of a long series stays visible.
public struct SampledCurve: Sendable {
    public struct Place: Sendable, Equatable {
        /// The middle of the steps that it stands for.
        public let step: Double
        /// Of the finite values; NaN where there is none.
        public let mean: Double
        public let low: Double
        public let high: Double

        public init(step: Double, mean: Double, low: Double, high: Double) {
            self.step = step
            self.mean = mean
            self.low = low
            self.high = high
        }
    }

    /// In the order of steps.
    public let places: [Place]

    public init(_ places: [Place]) {
        self.places = places
    }

    /// The mean at a step, on the straight line between the places beside it; nil outside of the curve or beside
    /// a value that is not finite.
    func value(at step: Double) -> Double? {
        guard let first = places.first, let last = places.last, step >= first.step, step <= last.step else {
            return nil
        }
        var (low, high) = (0, places.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if places[middle].step <= step { low = middle } else { high = middle }
        }
        let (a, b) = (places[low], places[high])
        if step == a.step { return a.mean.isFinite ? a.mean : nil }
        if step == b.step { return b.mean.isFinite ? b.mean : nil }
        let value = a.mean + (b.mean - a.mean) * (step - a.step) / (b.step - a.step)
        return value.isFinite ? value : nil
    }
}
