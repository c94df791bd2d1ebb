import StrictJSON
import Tensor

/// Several datasets at once: `{"kind": "mixture", "sources": [{"weight": 3, "dataset": {...}}, ...]}`.
public struct MixtureConfig: DatasetConfig {
    public static let kind = "mixture"
    public static let summary = "several datasets at once, each with a weight"

    public var sources: [MixtureSourceConfig] = []

    public init() {}

    public static let fields: [Field<Self>] = [
        Field(
            "sources", \.sources, count: 1..., required: true,
            "the datasets that are mixed: objects with dataset, weight, label")
    ]

    public func validate() throws {
        guard sources.contains(where: { $0.weight > 0 }) else {
            throw JSONError(at: "sources", "all weights are 0; at least one must be above 0")
        }
    }

    public func make(sampleRate: Int) throws -> any Dataset {
        var opened: [MixtureDataset.Source] = []
        for (index, source) in sources.enumerated() {
            let dataset = try source.dataset.item.make(sampleRate: sampleRate)
            guard source.weight == 0 || dataset.trainingCount != 0 else {
                throw ExperimentError.config(
                    "dataset.sources.\(index).weight: this dataset has nothing to train on (all_for_test); accepted: 0"
                )
            }
            opened.append(.init(dataset: dataset, weight: source.weight, label: source.label))
        }
        return MixtureDataset(opened)
    }
}

/// One dataset of a mixture.
public struct MixtureSourceConfig: Configurable {
    public var dataset = Choice<DatasetRegistry>(SyntheticDatasetConfig())
    public var weight = 1.0
    public var label = ""

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("dataset", \.dataset, required: true, "the dataset"),
        Field(
            "weight", \.weight, in: 0...,
            "how many training clips come from it, relative to the others; all its validation and test items count"
        ),
        Field("label", \.label, "what tables call its test items instead of their class"),
    ]
}

final class MixtureDataset: Dataset {
    struct Source: Sendable {
        let dataset: any Dataset
        let weight: Double
        let label: String
    }

    private struct Place: Sendable {
        let source: Int
        let item: EvaluationItem
    }

    private let sources: [Source]
    private let lists: [EvaluationSplit: [EvaluationItem]]
    private let places: [EvaluationSplit: [EvaluationItem: Place]]

    init(_ sources: [Source]) {
        self.sources = sources
        var lists: [EvaluationSplit: [EvaluationItem]] = [:]
        var places: [EvaluationSplit: [EvaluationItem: Place]] = [:]
        for split in EvaluationSplit.allCases {
            var entries: [(at: Double, item: EvaluationItem)] = []
            for (index, source) in sources.enumerated() {
                let items = source.dataset.items(split)
                for (number, item) in items.enumerated() {
                    let own = EvaluationItem(
                        name: "\(index + 1)-\(item.name)",
                        category: source.label.isEmpty ? item.category : source.label, speaker: item.speaker)
                    // Mixed evenly, so that the first items of the list have some of each.
                    entries.append(((Double(number) + 0.5) / Double(items.count), own))
                    places[split, default: [:]][own] = Place(source: index, item: item)
                }
            }
            lists[split] = entries.enumerated().sorted {
                ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
            }
            .map(\.element.item)
        }
        (self.lists, self.places) = (lists, places)
    }

    func trainingPair(seed: UInt64, index: Int, samples: Int) throws -> AlignedPair {
        var stream = RandomStream(seed: seed, "mixture", index)
        let source = sources[stream.weighted(sources.map(\.weight))]
        return try source.dataset.trainingPair(seed: seed, index: index, samples: samples)
    }

    func items(_ split: EvaluationSplit) -> [EvaluationItem] { lists[split] ?? [] }

    func pair(_ item: EvaluationItem, of split: EvaluationSplit) throws -> AlignedPair {
        guard let place = places[split]?[item] else {
            throw ExperimentError.notFound("the \(split.rawValue) list has no item \(item.name)")
        }
        return try sources[place.source].dataset.pair(place.item, of: split)
    }

    var trainingHash: String {
        JSONValue.array(sources.flatMap { [.string($0.dataset.trainingHash), .number($0.weight)] })
            .stableHash()
    }

    var testHash: String { JSONValue(sources.map(\.dataset.testHash)).stableHash() }

    /// Endless as soon as two datasets are drawn from: there is no round after which every recording was used.
    var trainingCount: Int? {
        let used = sources.filter { $0.weight > 0 }
        return used.count == 1 ? used[0].dataset.trainingCount : nil
    }

    var issues: [DataIssue] { sources.flatMap(\.dataset.issues) }

    var recordings: [ListedRecording] { sources.flatMap(\.dataset.recordings) }

    var splitList: SplitList? {
        let lists = sources.enumerated().compactMap { index, source in
            source.dataset.splitList.map { (index, $0) }
        }
        guard !lists.isEmpty else { return nil }
        return SplitList(
            Dictionary(
                lists.flatMap { index, list in
                    list.allNames.map { ("\(index + 1)-\($0)", list[$0] ?? .train) }
                },
                uniquingKeysWith: { first, _ in first }))
    }
}
