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
}

/// Which way a measure improves.
public enum MetricDirection: String, Sendable {
    case higherIsBetter = "higher is better"
    case lowerIsBetter = "lower is better"
}

/// An objective measure of an estimate against its reference, on waveforms, without gradients.
///
/// Results are comparable between runs only under equal `name` and `version`.
public protocol ObjectiveMetric: Sendable {
    /// The key in reports and in the database, for example `si_sdr`.
    var name: String { get }
    /// The unit of the value, for example `dB`.
    var unit: String { get }
    var direction: MetricDirection { get }
    /// Formula, parameters and where they come from, in one line.
    var source: String { get }
    /// Raised when a change of the code changes values.
    var version: Int { get }

    /// The measure of one channel.
    ///
    /// - Parameters:
    ///   - reference: the clean samples, nominally in [-1, 1].
    ///   - estimate: as many samples, aligned to the reference.
    ///   - sampleRate: hertz, of both.
    func score(reference: [Float], estimate: [Float], sampleRate: Int) -> MetricResult
}

/// Every measure the workbench knows.
public enum ObjectiveMetrics {
    public static let all: [any ObjectiveMetric] = [
        SignalToNoiseRatio(),
        ScaleInvariantDistortionRatio(),
        LogSpectralDistance(),
    ]

    /// The measure of this name, or nil.
    public static func named(_ name: String) -> (any ObjectiveMetric)? {
        all.first { $0.name == name }
    }
}

/// Why a pair cannot be measured, or nil when it can: the checks that all measures share.
func defect(reference: [Float], estimate: [Float], atLeast minimum: Int = 1) -> MetricResult? {
    guard reference.count == estimate.count else {
        return .undefined(
            reason: "lengths differ: reference \(reference.count), estimate \(estimate.count) samples")
    }
    guard reference.count >= minimum else {
        return .undefined(reason: "\(reference.count) samples: at least \(minimum) are needed")
    }
    if let index = reference.firstIndex(where: { !$0.isFinite }) {
        return .undefined(reason: "reference sample \(index) is not finite")
    }
    if let index = estimate.firstIndex(where: { !$0.isFinite }) {
        return .undefined(reason: "estimate sample \(index) is not finite")
    }
    return nil
}
