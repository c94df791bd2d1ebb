/// A set of accepted values that can say itself in words. Conforming: `a...b`, `a..<b`, `a...`, `...b`,
/// `..<b` and `Above`.
public protocol ConfigRange<Bound>: Sendable {
    associatedtype Bound: Comparable & ConfigValue
    func contains(_ value: Bound) -> Bool
    /// For an error text and help, for example `1 to 8`.
    var summary: String { get }
}

extension ConfigRange {
    func summary(of bound: Bound) -> String { bound.json.canonicalText }
}

extension ClosedRange: ConfigRange where Bound: ConfigValue {
    public var summary: String { "\(summary(of: lowerBound)) to \(summary(of: upperBound))" }
}

extension Range: ConfigRange where Bound: ConfigValue {
    public var summary: String { "at least \(summary(of: lowerBound)) and below \(summary(of: upperBound))" }
}

extension PartialRangeFrom: ConfigRange where Bound: ConfigValue {
    public var summary: String { "at least \(summary(of: lowerBound))" }
}

extension PartialRangeThrough: ConfigRange where Bound: ConfigValue {
    public var summary: String { "at most \(summary(of: upperBound))" }
}

extension PartialRangeUpTo: ConfigRange where Bound: ConfigValue {
    public var summary: String { "below \(summary(of: upperBound))" }
}

/// The values above a bound, the bound itself left out, up to an optional highest one.
public struct Above<Bound: Comparable & ConfigValue>: ConfigRange {
    let lowerBound: Bound
    let upperBound: Bound?

    public init(_ lowerBound: Bound, through upperBound: Bound? = nil) {
        self.lowerBound = lowerBound
        self.upperBound = upperBound
    }

    public func contains(_ value: Bound) -> Bool {
        value > lowerBound && upperBound.map { value <= $0 } ?? true
    }

    public var summary: String {
        "above \(summary(of: lowerBound))" + (upperBound.map { " and at most \(summary(of: $0))" } ?? "")
    }
}
