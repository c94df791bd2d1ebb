import Metrics

/// Mean scores by class and in all: the table that closes a run.
public struct ScoreTable: Sendable {
    /// One cell: the mean over the items on which the metric is defined.
    public struct Cell: Sendable, Hashable {
        public let mean: Double
        /// Half the width of a 95 % interval of the mean over items (1.96 standard errors); nil for one item.
        public let halfWidth: Double?
        public let count: Int
    }

    public let subjects: [TestSubject]
    public let metrics: [String]
    /// Classes in alphabetical order; `all` is not among them.
    public let categories: [String]
    private let cells: [String: Cell]

    public init(_ scores: [TestScore]) {
        var subjects: [TestSubject] = []
        var metrics: [String] = []
        var categories: Set<String> = []
        var values: [String: [Double]] = [:]
        for score in scores {
            if !subjects.contains(score.subject) { subjects.append(score.subject) }
            categories.insert(score.item.category)
            for (metric, result) in score.results {
                if !metrics.contains(metric) { metrics.append(metric) }
                guard let value = result.value, value.isFinite else { continue }
                for category in [score.item.category, "all"] {
                    values[Self.key(score.subject, metric, category), default: []].append(value)
                }
            }
        }
        self.subjects = subjects
        self.metrics = metrics
        self.categories = categories.subtracting(["all"]).sorted()
        cells = values.mapValues { values in
            let count = Double(values.count)
            let mean = values.reduce(0, +) / count
            let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return Cell(
                mean: mean,
                halfWidth: values.count > 1 ? 1.96 * (spread / (count - 1) / count).squareRoot() : nil,
                count: values.count)
        }
    }

    private static func key(_ subject: TestSubject, _ metric: String, _ category: String) -> String {
        "\(subject.key)\u{1}\(metric)\u{1}\(category)"
    }

    /// The cell of a class, or of `all`; nil where no item has a value.
    public subscript(subject: TestSubject, metric: String, category: String) -> Cell? {
        cells[Self.key(subject, metric, category)]
    }
}
