import Audio
import StrictJSON
import Tensor

final class CleanFolderDataset: Dataset {
    private let config: CleanFolderConfig
    private let sampleRate: Int
    private let store: RecordingStore
    private let log: IssueLog
    private let degradation: Degradation
    private let noises: RecordedNoisePool
    private let rooms: RecordedRoomPool
    private let clips: RecordingClips
    private let evaluation: [EvaluationSplit: EvaluationPlan]
    private let list: SplitList
    let recordings: [ListedRecording]
    let trainingHash: String
    let testHash: String

    /// Bumped when the same recordings and keys give other clips.
    private static let version = 1

    init(config: CleanFolderConfig, sampleRate: Int) throws {
        self.config = config
        self.sampleRate = sampleRate
        let log = IssueLog(config.recordings.policy)
        let store = RecordingStore(
            sampleRate: sampleRate, cacheMiB: config.recordings.cacheMiB,
            clippingLimit: config.recordings.clippingLimit)
        let sources = try CleanSources(config, store: store, log: log)
        (self.log, self.store) = (log, store)
        degradation = Degradation(sampleRate: sampleRate, configuration: config.degradation)
        (noises, rooms) = (sources.noises, sources.rooms)
        (list, recordings) = (sources.list, sources.recordings)
        var training = WeightedTables()
        for source in sources.clean {
            let long = (source.parts[.train] ?? []).filter {
                Double($0.count) >= config.minimumSeconds * Double(sampleRate) && $0.count > 0
            }
            training.add(long, weight: source.weight)
        }
        clips = RecordingClips(store: store, tables: training, gapSeconds: config.gapSeconds)
        guard !training.isEmpty else {
            throw ExperimentError.data(
                "dataset.clean: no recording of \(config.minimumSeconds) s or more is left for training (keys: "
                    + "minimum_seconds, split_by, test_every, weight); at least one is needed")
        }
        evaluation = Dictionary(
            uniqueKeysWithValues: try EvaluationSplit.allCases.map { split in
                (
                    split,
                    try EvaluationPlan(split, sources: sources.clean, config: config, store: store, log: log)
                )
            })
        func hash(_ recordings: [Recording], _ digest: (Recording) -> String) -> JSONValue {
            .array(recordings.map { .array([.string($0.name), .string(digest($0))]) })
        }
        let roomHash = rooms.hash
        let conditions: JSONValue = .array(
            [
                .integer(Self.version), .integer(sampleRate), config.degradation.json.withoutEmptySimulation,
                .number(config.level),
            ]
                + (roomHash.isEmpty ? [] : [.string(roomHash)]))
        trainingHash =
            JSONValue.array([
                conditions, config.gapSeconds.json, .number(config.minimumSeconds),
                .array(config.clean.map { .number($0.weight) }),
                hash(training.tables.flatMap(\.recordings), RecordingOverlap.fingerprint),
                hash(sources.noises.recordings(.train), RecordingOverlap.fingerprint),
            ]).stableHash()
        testHash =
            JSONValue.array([
                conditions, evaluation[.test]?.json ?? .null,
                hash(sources.noises.recordings(.test), RecordingOverlap.digest),
            ]).stableHash()
    }

    var trainingCount: Int? { nil }
    var issues: [DataIssue] { log.all }
    var splitList: SplitList? { list }

    // MARK: Training

    /// Draws until a clip is sound: what cannot be read is skipped or refused, silence is drawn anew.
    func trainingPair(seed: UInt64, index: Int, samples: Int) throws -> AlignedPair {
        for attempt in 0..<64 {
            var stream = RandomStream(key: "clean_folder/train/\(seed)/\(index)/\(attempt)")
            do {
                let (clip, voice) = try clips.draw(samples, &stream)
                guard let leveled = leveled(clip) else { continue }
                return try degrade(leveled, nil, .train, voice, stream.fork("degradation"))
            } catch let issue as DataIssue {
                try log.report(issue)
            }
        }
        throw ExperimentError.data(
            "dataset.clean: 64 draws in a row gave silence or recordings that cannot be read"
                + (log.all.first.map { "; left out: \(log.all.count), the first: \($0)" } ?? ""))
    }

    /// The signal at the wanted active level; nil if it is silent (below -60 dB).
    private func leveled(_ signal: [Float]) -> [Float]? {
        let active = ActiveLevel.rms(signal, sampleRate: sampleRate)
        guard active > 1e-3 else { return nil }
        let gain = decibelGain(config.level) / Float(active)
        return signal.map { $0 * gain }
    }

    private func degrade(
        _ clean: [Float], _ degradationClass: DegradationClass?, _ part: DataSplit, _ voice: String,
        _ stream: RandomStream
    ) throws -> AlignedPair {
        let pair = try degradation.degrade(
            clean: clean, class: degradationClass, split: part, stream: stream
        ) { kind, count, stream in
            try noises.noise(kind, part: part, count: count, avoiding: voice, stream: stream)
        } rooms: { stream in
            try rooms.response(part: part, stream: stream)
        }
        return AlignedPair(clean: pair.clean, degraded: pair.degraded, record: pair.record)
    }

    // MARK: Evaluation

    func items(_ split: EvaluationSplit) -> [EvaluationItem] { evaluation[split]?.entries.map(\.item) ?? [] }

    func pair(_ item: EvaluationItem, of split: EvaluationSplit) throws -> AlignedPair {
        guard let entry = evaluation[split]?.entry(item) else {
            throw ExperimentError.notFound("the \(split.rawValue) list has no item \(item.name)")
        }
        do {
            let clean = try store.read(entry.recording, entry.range, judged: true)
            guard let leveled = leveled(clean) else {
                throw DataIssue(path: entry.recording.path, problem: "became silent while it was in use")
            }
            return try degrade(
                leveled, entry.degradationClass, split.dataSplit, entry.recording.voice,
                RandomStream(key: "clean_folder/\(split.rawValue)/\(item.name)"))
        } catch let issue as DataIssue {
            throw ExperimentError.data("\(issue)")
        }
    }
}
