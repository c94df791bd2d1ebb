import Foundation
import Metrics
import Statistics

/// One measure over many files.
struct ScoreSummary {
    let metric: MetricDescription
    /// Of the files with a finite value; nil without any.
    let mean: Double?
    let median: Double?
    /// The 95 % bootstrap interval of the mean; nil for fewer than five files.
    let interval: ClosedRange<Double>?
    /// Files with a finite value, which the mean covers.
    let files: Int
    /// Files with an infinite value, and without any.
    let infinite: Int
    let undefined: Int
    /// The worst files, the worst first.
    let worst: [(name: String, value: Double)]

    /// - Parameter count: how many of the worst files are kept.
    init(_ metric: MetricDescription, _ results: [(name: String, result: MetricResult)], worst count: Int) {
        self.metric = metric
        let known = results.compactMap { entry in entry.result.value.map { (name: entry.name, value: $0) } }
        let finite = known.map(\.value).filter(\.isFinite)
        files = finite.count
        infinite = known.count - finite.count
        undefined = results.count - known.count
        mean = SampleSummary(finite)?.mean
        median = finite.median
        interval = Bootstrap(key: "score \(metric.name)").correctedMeanInterval(finite)
        func badness(_ value: Double) -> Double {
            switch metric.direction {
            case .higherIsBetter: -value
            case .lowerIsBetter: value
            case .nearerZeroIsBetter: abs(value)
            }
        }
        let sorted = known.sorted {
            badness($0.value) == badness($1.value)
                ? $0.name < $1.name : badness($0.value) > badness($1.value)
        }
        worst = Array(sorted.prefix(count))
    }

    /// One summary for every measure, of all files.
    static func all(_ files: [ScoredFile], worst count: Int) -> [ScoreSummary] {
        (files.first?.scores.indices ?? 0..<0).map { index in
            ScoreSummary(
                files[0].scores[index].metric, files.map { ($0.name, $0.scores[index].result) }, worst: count)
        }
    }
}
