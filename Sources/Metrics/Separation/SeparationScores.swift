/// What is measured of separated sources, in decibels: distortion (all errors), spatial distortion (level,
/// place and colour), interference (other sources) and artefacts (the rest).
public struct SeparationScores: Sendable, Equatable {
    /// The scores of one source in one stretch of time.
    public struct Frame: Sendable, Equatable {
        /// Source to distortion.
        public let sdr: MetricResult
        /// Source image to spatial distortion; nil for the third version's measures of mono sources.
        public let isr: MetricResult?
        /// Source to interference; undefined for one source alone.
        public let sir: MetricResult
        /// Sources to artefacts.
        public let sar: MetricResult
    }

    /// [source][frame]; one frame when the whole was measured at once.
    public let frames: [[Frame]]
    /// Which estimate belongs to each reference; nil when their order was taken for granted.
    public let permutation: [Int]?

    /// Names and meanings, for both versions.
    public static let metrics: [MetricDescription] =
        ["bss_eval_v3", "bss_eval_v4"].flatMap { family in
            (family == "bss_eval_v3" ? ["sdr", "sir", "sar"] : ["sdr", "isr", "sir", "sar"]).map { name in
                MetricDescription(
                    name: "\(family)_\(name)", unit: "dB", direction: .higherIsBetter,
                    range: -Double.infinity...Double.infinity,
                    source: family == "bss_eval_v3"
                        ? "512-tap distortion allowed, whole clip (Vincent, Gribonval, Fevotte 2006)"
                        : "512-tap projections, filters of the whole clip (Stoter, Liutkus, Ito 2018)",
                    version: 1)
            }
        }

    /// The median over frames of one score of one source, of the frames in which it is defined.
    public func median(of score: KeyPath<Frame, MetricResult>, source: Int) -> MetricResult {
        let values = frames[source].compactMap { $0[keyPath: score].value }.sorted()
        guard !values.isEmpty else { return .undefined(reason: "no frame has a value") }
        let middle = values.count / 2
        return .value(values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2)
    }
}

/// Sources whose separation cannot be scored.
public struct SeparationError: Error, Equatable, CustomStringConvertible {
    public let description: String
}
