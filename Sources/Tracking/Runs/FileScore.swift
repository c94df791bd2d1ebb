import Foundation

/// The value of one metric on one file of a test set.
public struct FileScore: Sendable, Equatable {
    /// A score, or why it has none (a silent target has no SI-SDR, for example).
    public enum Result: Sendable, Equatable {
        case value(Double)
        case undefined(reason: String)
    }

    /// The file's name within the test set.
    public var file: String
    /// The class of the file's degradation, such as "N"; empty when the set has no classes.
    public var condition: String
    /// Who speaks, where the set tells; else empty.
    public var speaker: String
    /// The file's length in seconds.
    public var seconds: Double?
    /// SHA-256 of the file's content, when it is known.
    public var sha256: String?
    /// The metric's name, such as "si_sdr".
    public var metric: String
    /// The version of the metric's definition: values of different versions cannot be compared.
    public var metricVersion: Int
    public var result: Result

    public init(
        file: String, condition: String = "", speaker: String = "", seconds: Double? = nil,
        sha256: String? = nil,
        metric: String, metricVersion: Int = 1, result: Result
    ) {
        self.file = file
        self.condition = condition
        self.speaker = speaker
        self.seconds = seconds
        self.sha256 = sha256
        self.metric = metric
        self.metricVersion = metricVersion
        self.result = result
    }

    /// The value, or nil where the score is undefined.
    public var value: Double? {
        if case .value(let value) = result { value } else { nil }
    }
}

/// A file score as it is stored with a run.
public struct StoredFileScore: Sendable {
    /// Which weights were scored ("best", "last") or which other enhancer ("noisy", "spectral_subtraction").
    public let checkpoint: String
    /// The test set.
    public let dataset: String
    public let unit: String
    public let goal: MetricGoal
    public let score: FileScore
}
