import Audio
import StrictJSON
import Tensor

final class UnpairedDataset: ExampleSource {
    private let config: UnpairedConfig
    private let store: RecordingStore
    private let log: IssueLog
    private let clips: RecordingClips
    private let evaluation: [EvaluationSplit: [Entry]]
    private let list: SplitList
    let recordings: [ListedRecording]
    let trainingHash: String
    let testHash: String

    private struct Entry {
        let item: EvaluationItem
        let recording: Recording
        let range: Range<Int>
    }

    init(config: UnpairedConfig, sampleRate: Int) throws {
        self.config = config
        let rules = config.sources.recordings
        let log = IssueLog(rules.policy)
        let store = RecordingStore(
            sampleRate: sampleRate, cacheMiB: rules.cacheMiB, clippingLimit: rules.clippingLimit)
        (self.log, self.store) = (log, store)
        let sources = try CleanSources(config.sources, store: store, log: log)
        (list, recordings) = (
            sources.list,
            sources.recordings.map { $0.with(role: "recording") }
        )
        var training = WeightedTables()
        for source in sources.clean {
            let shortest = max(1, Int(config.sources.minimumSeconds * Double(sampleRate)))
            training.add((source.parts[.train] ?? []).filter { $0.count >= shortest }, weight: source.weight)
        }
        guard !training.isEmpty else {
            throw ExperimentError.data(
                "dataset.recordings: none of \(config.sources.minimumSeconds) s or more is left for training (keys: "
                    + "minimum_seconds, split_by, test_every, weight); at least one is needed")
        }
        clips = RecordingClips(store: store, tables: training, gapSeconds: config.sources.gapSeconds)
        evaluation = Dictionary(
            uniqueKeysWithValues: try EvaluationSplit.allCases.map {
                ($0, try Self.entries($0, sources.clean, config.sources, store, log))
            })
        func hash(_ parts: [JSONValue]) -> String {
            JSONValue.array([.integer(1), .integer(sampleRate), config.level.json] + parts).stableHash()
        }
        trainingHash = hash(
            [config.sources.gapSeconds.json]
                + training.tables.flatMap(\.recordings).map {
                    [.string($0.name), .string(RecordingOverlap.fingerprint($0))]
                })
        testHash = hash(
            (evaluation[.test] ?? []).map { entry in
                [
                    .string(entry.item.name), .string(RecordingOverlap.digest(entry.recording)),
                    .integer(entry.range.lowerBound), .integer(entry.range.upperBound),
                ]
            })
    }

    /// Each recording once, in the order of hashes of their names, so that more files do not reorder others.
    private static func entries(
        _ split: EvaluationSplit, _ sources: [CleanSources.Source], _ config: CleanFolderConfig,
        _ store: RecordingStore, _ log: IssueLog
    ) throws -> [Entry] {
        let wanted = split == .test ? config.testItems : config.validationItems
        var entries: [Entry] = []
        for (index, source) in sources.enumerated() where source.weight > 0 {
            let pool = EvaluationPlan.ordered(source.parts[split.dataSplit] ?? [], config, store.sampleRate)
            for recording in pool.prefix(wanted) {
                do {
                    let seconds = config.evaluationSeconds.maximum
                    guard
                        let range = try EvaluationPlan.excerpt(
                            of: recording, round: 0, seconds: seconds, store)
                    else {
                        log.note(
                            DataIssue(
                                path: recording.path, problem: "too quiet (below -60 dB); not in the list"))
                        continue
                    }
                    let name = "\(index)_\(recording.name.replacing("/", with: "-"))"
                    let category = source.label.isEmpty ? "all" : source.label
                    entries.append(
                        Entry(
                            item: EvaluationItem(
                                name: name, category: category, speaker: recording.speaker),
                            recording: recording, range: range))
                } catch let issue as DataIssue {
                    try log.report(issue)
                }
            }
        }
        guard !entries.isEmpty else {
            throw ExperimentError.data(
                "dataset.recordings: none is left for the \(split.rawValue) list; at least one for each of training, "
                    + "validation and test is needed (keys: split_by, test_every, \(split.rawValue))")
        }
        return Array(entries.prefix(wanted))
    }

    var targets: TargetKind { .none }
    var trainingCount: Int? { nil }
    var issues: [DataIssue] { log.all }
    var splitList: SplitList? { list }

    func trainingExample(seed: UInt64, index: Int, samples: Int) throws -> Example {
        for attempt in 0..<64 {
            var stream = RandomStream(key: "unpaired/train/\(seed)/\(index)/\(attempt)")
            do {
                let (clip, _) = try clips.draw(samples, &stream)
                if let leveled = leveled(clip) { return Example(input: leveled, target: .none) }
            } catch let issue as DataIssue {
                try log.report(issue)
            }
        }
        throw ExperimentError.data(
            "dataset.recordings: 64 draws in a row gave silence or recordings that cannot be read"
                + (log.all.first.map { "; left out: \(log.all.count), the first: \($0)" } ?? ""))
    }

    /// At the wanted level; nil if it is silent (below -60 dB).
    private func leveled(_ signal: [Float]) -> [Float]? {
        let active = ActiveLevel.rms(signal, sampleRate: store.sampleRate)
        guard active > 1e-3 else { return nil }
        guard let level = config.level else { return signal }
        let gain = decibelGain(level) / Float(active)
        return signal.map { $0 * gain }
    }

    func items(_ split: EvaluationSplit) -> [EvaluationItem] { (evaluation[split] ?? []).map(\.item) }

    func example(_ item: EvaluationItem, of split: EvaluationSplit) throws -> Example {
        guard let entry = evaluation[split]?.first(where: { $0.item == item }) else {
            throw ExperimentError.notFound("the \(split.rawValue) list has no item \(item.name)")
        }
        do {
            let samples = try store.read(entry.recording, entry.range, judged: true)
            return Example(input: leveled(samples) ?? samples, target: .none)
        } catch let issue as DataIssue {
            throw ExperimentError.data("\(issue)")
        }
    }
}
