import Audio
import StrictJSON
import Tensor

final class PairedFoldersDataset: Dataset {
    private let config: PairedFoldersConfig
    private let sampleRate: Int
    private let reader: PairReader
    private let log: IssueLog
    private let training: [RecordingPair]
    private let evaluation: [EvaluationSplit: [RecordingPair]]
    private let list: SplitList
    let recordings: [ListedRecording]
    let trainingHash: String
    let testHash: String

    convenience init(config: PairedFoldersConfig, sampleRate: Int) throws {
        try self.init(config, sampleRate: sampleRate) {
            try RecordingPairs.list(config, sampleRate: sampleRate, issues: $0)
        }
    }

    /// Pairs that another layout than two folders names.
    ///
    /// - Parameters:
    ///   - config: how they are read and split; its folders are not looked at.
    ///   - list: the pairs; what cannot be used goes to the log.
    init(
        _ config: PairedFoldersConfig, sampleRate: Int, list listed: (IssueLog) throws -> [RecordingPair]
    ) throws {
        self.config = config
        self.sampleRate = sampleRate
        let log = IssueLog(config.recordings.policy)
        let reader = PairReader(config, sampleRate: sampleRate)
        (self.log, self.reader) = (log, reader)
        let pairs = try listed(log)
        guard pairs.count >= (config.allForTest ? 1 : 3) else {
            throw ExperimentError.data(
                "\(config.path): \(pairs.count) pairs found; at least 3 are needed (training, validation, test)"
                    + (log.all.first.map { "; left out: \(log.all.count), the first: \($0)" } ?? ""))
        }
        let uses = try Self.split(pairs, config)
        let splits = zip(pairs, uses)
        try RecordingOverlap.refuse(splits.flatMap { [($0.clean, $1), ($0.degraded, $1)] })
        list = SplitList(Dictionary(uniqueKeysWithValues: splits.map { ($0.name, $1) }))
        recordings = splits.flatMap { pair, split in
            [("clean", pair.clean), ("degraded", pair.degraded)].map { role, recording in
                ListedRecording(
                    recording, name: pair.name, split: split, role: role, datasetRate: sampleRate)
            }
        }
        func part(_ split: DataSplit) -> [RecordingPair] { splits.filter { $0.1 == split }.map(\.0) }
        // What is scored is read now: a training should not end with a test that cannot be.
        func readable(_ pairs: [RecordingPair]) throws -> [RecordingPair] {
            try pairs.filter { pair in
                do {
                    _ = try reader.read(pair, Self.excerpt(of: pair, reader, config, sampleRate))
                    return true
                } catch let issue as DataIssue {
                    try log.report(issue)
                    return false
                }
            }
        }
        training = part(.train)
        let (validation, test) = (try readable(part(.validation)), try readable(part(.test)))
        guard !test.isEmpty, config.allForTest || !(training.isEmpty || validation.isEmpty) else {
            throw ExperimentError.data(
                "\(config.path): of \(pairs.count) pairs \(training.count) are for training, \(validation.count) for "
                    + "validation and \(test.count) for the test; each needs one at least "
                    + "(keys: test_every, split_by, test, validation)")
        }
        evaluation = [.validation: validation, .test: test]
        func hash(_ pairs: [RecordingPair], _ digest: (Recording) -> String) -> String {
            var parts: [JSONValue] = [.integer(sampleRate), .bool(config.align)]
            if let excerpt = config.excerptSeconds { parts.append(.number(excerpt)) }
            for pair in pairs {
                parts += [pair.name, digest(pair.clean), digest(pair.degraded)].map(JSONValue.string)
            }
            return JSONValue.array(parts).stableHash()
        }
        trainingHash = hash(training, RecordingOverlap.fingerprint)
        testHash = hash(test, RecordingOverlap.digest)
    }

    private static func split(_ pairs: [RecordingPair], _ config: PairedFoldersConfig) throws -> [DataSplit] {
        if config.allForTest { return pairs.map { _ in .test } }
        let items = pairs.map {
            SplitRule.Item(name: $0.name, shortName: $0.name, voice: $0.clean.voice, fixed: $0.fixedSplit)
        }
        try config.split.validateNames(items)
        let list = config.split.file.isEmpty ? nil : try SplitList(contentsOf: config.split.file)
        return try config.split.assign(items, list: list)
    }

    var trainingCount: Int? { training.count }
    var issues: [DataIssue] { log.all }
    var splitList: SplitList? { list }

    func trainingPair(seed: UInt64, index: Int, samples: Int) throws -> AlignedPair {
        // Every file once per round, in an order of its own in each round.
        var shuffle = RandomStream(seed: seed, "paired-folders/order", index / training.count)
        let order = shuffle.permutation(training.count)
        for attempt in 0..<training.count {
            let pair = training[order[(index + attempt) % training.count]]
            do {
                return try clip(pair, samples, RandomStream(seed: seed, "paired-folders", index, attempt))
            } catch let issue as DataIssue {
                try log.report(issue)
            }
        }
        throw ExperimentError.data("\(config.path): none of the \(training.count) training pairs can be read")
    }

    private func clip(_ pair: RecordingPair, _ samples: Int, _ stream: RandomStream) throws -> AlignedPair {
        var stream = stream
        let count = reader.count(of: pair)
        let room = count - samples
        if room >= 0 {
            let start = stream.integer(0..<(room + 1))
            return try reader.read(pair, start..<start + samples)
        }
        // Shorter than a clip: silence around it.
        let whole = try reader.read(pair, 0..<count)
        let before = stream.integer(0..<(1 - room))
        func padded(_ signal: [Float]) -> [Float] {
            [Float](repeating: 0, count: before) + signal + [Float](repeating: 0, count: -room - before)
        }
        return AlignedPair(clean: padded(whole.clean), degraded: padded(whole.degraded))
    }

    func items(_ split: EvaluationSplit) -> [EvaluationItem] {
        (evaluation[split] ?? []).map { pair in
            let name = pair.name.replacing("/", with: "-")
            let suffix = name.split(separator: "_").last.map(String.init) ?? ""
            let category = config.categoryFromSuffix && name.contains("_") ? suffix : "all"
            return EvaluationItem(
                name: name, category: pair.category ?? category, speaker: pair.clean.speaker)
        }
    }

    func pair(_ item: EvaluationItem, of split: EvaluationSplit) throws -> AlignedPair {
        guard let index = items(split).firstIndex(of: item), let pair = evaluation[split]?[index] else {
            throw ExperimentError.notFound("the \(split.rawValue) list has no item \(item.name)")
        }
        do {
            return try reader.read(pair, Self.excerpt(of: pair, reader, config, sampleRate))
        } catch let issue as DataIssue {
            throw ExperimentError.data("\(issue)")
        }
    }

    /// What is scored of a pair: all of it, or a stretch that its name decides.
    private static func excerpt(
        of pair: RecordingPair, _ reader: PairReader, _ config: PairedFoldersConfig, _ sampleRate: Int
    ) -> Range<Int> {
        let count = reader.count(of: pair)
        guard let seconds = config.excerptSeconds, case let length = Int(seconds * Double(sampleRate)),
            length < count
        else { return 0..<count }
        // Pairs of one recording share the stretch, so that scores of devices can be compared.
        var stream = RandomStream(key: "excerpt/\(pair.clean.name)")
        let start = stream.integer(0..<(count - length + 1))
        return start..<start + length
    }
}
