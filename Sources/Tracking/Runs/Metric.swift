import Foundation

/// Which way a metric gets better.
public enum MetricGoal: String, Sendable {
    case max, min, none

    /// The goal that a metric's name suggests, for metrics that were never declared: losses, errors and
    /// spectral distances shrink; signal-to-noise ratios and perceptual scores grow.
    public static func suggested(by name: String) -> MetricGoal {
        let last = name.split(separator: "/").last.map { $0.lowercased() } ?? ""
        let shrinking = ["loss", "error", "lsd", "distance", "mae", "mse"]
        let growing = ["snr", "sdr", "pesq", "stoi", "accuracy", "mos"]
        if shrinking.contains(where: last.contains) { return .min }
        if growing.contains(where: last.contains) { return .max }
        return .none
    }
}

/// One logged value.
public struct Point: Sendable, Equatable {
    public let step: Int
    /// The value; may be NaN or infinite.
    public let value: Double
    /// When it was logged.
    public let time: Date

    public init(step: Int, value: Double, time: Date) {
        self.step = step
        self.value = value
        self.time = time
    }
}

/// All values of one metric of one run, by step.
public struct Series: Sendable {
    public let metric: String
    public let unit: String
    public let goal: MetricGoal
    public let points: [Point]
}

/// The statistics of one metric of one run, over its finite values.
public struct MetricSummary: Sendable {
    public let metric: String
    public let unit: String
    public let goal: MetricGoal
    /// How many finite values there are.
    public let count: Int
    /// How many values were NaN or infinite.
    public let nonFiniteCount: Int
    public let first: Double?
    /// The last logged value; may be NaN or infinite.
    public let last: Double
    public let lastStep: Int
    public let minimum: Double?
    public let minimumStep: Int?
    public let maximum: Double?
    public let maximumStep: Int?
    public let mean: Double?
    /// The standard deviation (divisor n - 1) of the logged values; nil below two values.
    public let standardDeviation: Double?

    /// The best value by the metric's goal and its step; the last value where the metric has no goal.
    public var best: (value: Double, step: Int)? {
        switch goal {
        case .min: minimum.flatMap { value in minimumStep.map { (value, $0) } }
        case .max: maximum.flatMap { value in maximumStep.map { (value, $0) } }
        case .none: (last, lastStep)
        }
    }
}
