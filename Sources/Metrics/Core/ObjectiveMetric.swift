/// An objective measure of an estimate against its reference, on waveforms, without gradients.
///
/// Results are comparable between runs only under equal `name` and `version`.
public protocol ObjectiveMetric: Sendable {
    /// The key in reports and in the database, for example `si_sdr`.
    var name: String { get }
    /// The unit of the value, for example `dB`.
    var unit: String { get }
    var direction: MetricDirection { get }
    /// The values the measure can take; infinite bounds are values too.
    var range: ClosedRange<Double> { get }
    /// Formula, parameters and where they come from, in one line.
    var source: String { get }
    /// Raised when a change of the code changes values.
    var version: Int { get }
    /// The rates at which the measure is defined.
    var sampleRates: SampleRates { get }
    /// What else a pair must have.
    var needs: MetricNeeds { get }

    /// The measure of one channel, of a pair that has what the measure needs. Callers use `score`.
    func measure(_ pair: MetricPair) -> MetricResult
}

/// What a measure asks of every pair beside equal lengths, finite samples and its sampling rates.
public struct MetricNeeds: Sendable {
    /// Samples at least, at a sampling rate in hertz.
    public let minimumLength: @Sendable (Int) -> Int
    /// Whether a reference or an estimate of zeros leaves the measure undefined.
    public let soundInReference: Bool
    public let soundInEstimate: Bool

    public init(
        minimumLength: @escaping @Sendable (_ sampleRate: Int) -> Int = { _ in 1 },
        soundInReference: Bool = true, soundInEstimate: Bool = true
    ) {
        self.minimumLength = minimumLength
        self.soundInReference = soundInReference
        self.soundInEstimate = soundInEstimate
    }
}

extension ObjectiveMetric {
    public var sampleRates: SampleRates { .any }
    public var needs: MetricNeeds { MetricNeeds() }

    /// The measure of a pair, or why it does not exist. Equal measures of one pair are computed once.
    public func score(_ pair: MetricPair) -> MetricResult {
        pair.shared("metric " + name) {
            if let defect = pair.defect { return .undefined(reason: defect) }
            guard sampleRates.contains(pair.sampleRate) else {
                return .undefined(reason: "\(pair.sampleRate) Hz: \(name) is defined at \(sampleRates)")
            }
            let minimum = needs.minimumLength(pair.sampleRate)
            guard pair.sampleCount >= minimum else {
                return .undefined(reason: "\(pair.sampleCount) samples: at least \(minimum) are needed")
            }
            if needs.soundInReference && pair.referenceIsSilent {
                return .undefined(reason: "the reference is silent")
            }
            if needs.soundInEstimate && pair.estimateIsSilent {
                return .undefined(reason: "the estimate is silent")
            }
            return measure(pair)
        }
    }

    /// The measure of one channel.
    ///
    /// - Parameters:
    ///   - reference: the clean samples, nominally in [-1, 1].
    ///   - estimate: as many samples, aligned to the reference.
    ///   - sampleRate: hertz, of both.
    public func score(reference: [Float], estimate: [Float], sampleRate: Int) -> MetricResult {
        score(MetricPair(reference: reference, estimate: estimate, sampleRate: sampleRate))
    }
}
