/// The sampling rates at which a measure is defined.
public enum SampleRates: Sendable, Equatable, CustomStringConvertible {
    case any
    /// These rates only, in hertz.
    case only([Int])
    /// This rate in hertz and every higher one.
    case atLeast(Int)

    /// Whether the measure exists at this rate.
    public func contains(_ rate: Int) -> Bool {
        switch self {
        case .any: rate > 0
        case .only(let rates): rates.contains(rate)
        case .atLeast(let lowest): rate >= lowest
        }
    }

    /// The rate to which signals of another rate should be converted: the highest one that is not above
    /// theirs, or nil when there is none (raising the rate adds no content).
    public func conversionTarget(from rate: Int) -> Int? {
        switch self {
        case .any: rate > 0 ? rate : nil
        case .only(let rates): rates.filter { $0 <= rate }.max()
        case .atLeast(let lowest): rate >= lowest ? rate : nil
        }
    }

    public var description: String {
        switch self {
        case .any: "any rate"
        case .only(let rates): rates.map(String.init).joined(separator: " or ") + " Hz"
        case .atLeast(let lowest): "\(lowest) Hz and above"
        }
    }
}
