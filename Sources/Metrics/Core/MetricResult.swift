/// What a measure says about one pair of signals.
public enum MetricResult: Sendable, Equatable {
    /// The measure, in its unit. Ratios of a perfect estimate are `+infinity`.
    case value(Double)
    /// The measure does not exist for this pair.
    case undefined(reason: String)

    /// The number, or nil when undefined.
    public var value: Double? {
        if case .value(let number) = self { return number }
        return nil
    }

    /// The measure of a number that may not be one: what is not a number is undefined, infinities are kept.
    static func number(_ value: Double, orElse reason: String) -> MetricResult {
        value.isNaN ? .undefined(reason: reason) : .value(value)
    }

    /// The same result with its number changed; undefined stays undefined.
    func map(_ transform: (Double) -> Double) -> MetricResult {
        switch self {
        case .value(let number): .value(transform(number))
        case .undefined: self
        }
    }
}

/// Which way a measure improves.
public enum MetricDirection: String, Sendable {
    case higherIsBetter = "higher is better"
    case lowerIsBetter = "lower is better"
    case nearerZeroIsBetter = "nearer zero is better"
}
