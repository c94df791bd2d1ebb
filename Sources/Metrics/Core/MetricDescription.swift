/// What a number is: everything a reader or a database needs beside the value itself.
public struct MetricDescription: Sendable, Equatable {
    /// The key in reports and in the database, for example `si_sdr`.
    public let name: String
    /// For example `dB`; empty for pure numbers.
    public let unit: String
    public let direction: MetricDirection
    /// The values it can take; infinite bounds are values too.
    public let range: ClosedRange<Double>
    /// Formula, parameters and where they come from, in one line.
    public let source: String
    /// Raised when a change of the code changes values.
    public let version: Int

    public init(
        name: String, unit: String, direction: MetricDirection, range: ClosedRange<Double>, source: String,
        version: Int
    ) {
        self.name = name
        self.unit = unit
        self.direction = direction
        self.range = range
        self.source = source
        self.version = version
    }
}

extension ObjectiveMetric {
    public var description: MetricDescription {
        MetricDescription(
            name: name, unit: unit, direction: direction, range: range, source: source, version: version)
    }
}
