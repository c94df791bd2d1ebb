import Audio
import StrictJSON
import Tensor

final class StemsDataset: ExampleSource {
    private let config: StemsConfig
    private let stems: [String]
    private let store: RecordingStore
    private let log: IssueLog
    private let training: [StemSong]
    /// Where each training song ends when all lie one behind the other, samples.
    private let ends: [Int]
    private let evaluation: [EvaluationSplit: [Entry]]
    private let list: SplitList
    let recordings: [ListedRecording]
    let trainingHash: String
    let testHash: String

    private struct Entry {
        let item: EvaluationItem
        let song: StemSong
        let range: Range<Int>
    }

    init(_ config: StemsConfig, listing: StemListing, stems: [String], sampleRate: Int) throws {
        self.config = config
        self.stems = stems
        let log = IssueLog(config.recordings.policy)
        let store = RecordingStore(
            sampleRate: sampleRate, cacheMiB: config.recordings.cacheMiB,
            clippingLimit: config.recordings.clippingLimit)
        (self.log, self.store) = (log, store)
        let songs = try listing.open(
            stems: stems, mixture: config.mixture, sampleRate: sampleRate, issues: log)
        let items = songs.map {
            SplitRule.Item(name: $0.name, shortName: $0.name, voice: $0.voice, fixed: $0.fixedSplit)
        }
        try config.split.validateNames(items)
        let frozen = config.split.file.isEmpty ? nil : try SplitList(contentsOf: config.split.file)
        let splits = try config.split.assign(items, list: frozen)
        func part(_ split: DataSplit) -> [StemSong] { zip(songs, splits).filter { $0.1 == split }.map(\.0) }
        training = part(.train).filter { $0.count > 0 }
        for split in DataSplit.allCases where part(split).isEmpty {
            throw ExperimentError.data(
                "\(config.path): of \(songs.count) songs none is for \(split.rawValue); each of training, validation and "
                    + "test needs one (keys: test_every, split_by, test, validation)"
                    + (log.all.first.map { "; left out: \(log.all.count), the first: \($0)" } ?? ""))
        }
        // A silent stem is the same file in many songs, which says nothing.
        let files = zip(songs, splits).flatMap { song, split in song.files(stems).map { ($0, song, split) } }
        try RecordingOverlap.refuse(
            files.filter { $0.0.role == "mixture" || $0.1.mixture == nil && $0.0.role == stems[0] }
                .map { ($0.0.recording, $0.2) })
        recordings = files.map { file, song, split in
            ListedRecording(
                file.recording, name: song.name, split: split, role: file.role, datasetRate: sampleRate)
        }
        list = SplitList(
            Dictionary(zip(songs.map(\.name), splits), uniquingKeysWith: { first, _ in first }))
        var total = 0
        ends = training.map { song in
            total += song.count
            return total
        }
        evaluation = Dictionary(
            uniqueKeysWithValues: try EvaluationSplit.allCases.map {
                ($0, try Self.entries(part($0.dataSplit), config, store, log))
            })
        func hash(_ songs: [StemSong], _ digest: (Recording) -> String) -> JSONValue {
            .array(
                songs.map { song in
                    .array([.string(song.name)] + song.files(stems).map { .string(digest($0.recording)) })
                })
        }
        let conditions: JSONValue = [.integer(1), .integer(sampleRate), JSONValue(stems)]
        trainingHash =
            JSONValue.array([
                conditions, config.gain.json, .number(config.remix),
                hash(training, RecordingOverlap.fingerprint),
            ]).stableHash()
        let test = evaluation[.test] ?? []
        testHash =
            JSONValue.array([
                conditions, hash(part(.test), RecordingOverlap.digest),
                .array(
                    test.map {
                        [
                            .string($0.item.name), .integer($0.range.lowerBound),
                            .integer($0.range.upperBound),
                        ]
                    }),
            ]).stableHash()
    }

    /// Of each song the loudest of some excerpts, once for each round.
    private static func entries(
        _ songs: [StemSong], _ config: StemsConfig, _ store: RecordingStore, _ log: IssueLog
    ) throws -> [Entry] {
        let length = Int(config.evaluationSeconds * Double(store.sampleRate))
        var entries: [Entry] = []
        for round in 0..<config.excerptsPerSong {
            for song in songs where song.count > 0 {
                do {
                    guard let range = try excerpt(of: song, length: length, round: round, store) else {
                        log.note(
                            DataIssue(
                                path: song.stems.first?.path ?? song.name,
                                problem: "the song is too quiet to be scored (below -60 dB); not in the list")
                        )
                        continue
                    }
                    let name = song.name.replacing("/", with: "-") + (round > 0 ? "_\(round + 1)" : "")
                    entries.append(
                        Entry(
                            item: EvaluationItem(name: name, category: "all"), song: song, range: range))
                } catch let issue as DataIssue {
                    try log.report(issue)
                }
            }
        }
        return entries
    }

    private static func excerpt(
        of song: StemSong, length: Int, round: Int, _ store: RecordingStore
    ) throws -> Range<Int>? {
        var best: (level: Double, range: Range<Int>)?
        var stream = RandomStream(key: "stems/excerpt/\(song.name)/\(round)")
        for _ in 0..<(song.count > length ? 4 : 1) {
            let start = song.count > length ? stream.integer(0..<(song.count - length + 1)) : 0
            let range = start..<start + min(length, song.count)
            let level = ActiveLevel.meanRMS(try mixture(of: song, range, store).input)
            if level > max(1e-3, best?.level ?? 0) { best = (level, range) }
        }
        return best?.range
    }

    var targets: TargetKind { .stems(stems) }
    var trainingCount: Int? { nil }
    var issues: [DataIssue] { log.all }
    var splitList: SplitList? { list }

    // MARK: Training

    func trainingExample(seed: UInt64, index: Int, samples: Int) throws -> Example {
        for attempt in 0..<64 {
            var stream = RandomStream(key: "stems/train/\(seed)/\(index)/\(attempt)")
            do {
                let example = try draw(samples, &stream)
                if example.input.contains(where: { abs($0) > RecordingStore.silence }) { return example }
            } catch let issue as DataIssue {
                try log.report(issue)
            }
        }
        throw ExperimentError.data(
            "\(config.path): 64 draws in a row gave silence or recordings that cannot be read"
                + (log.all.first.map { "; left out: \(log.all.count), the first: \($0)" } ?? ""))
    }

    private func draw(_ samples: Int, _ stream: inout RandomStream) throws -> Example {
        let isRemix = stream.chance(config.remix)
        var place = drawPlace(samples, &stream)
        guard isRemix || config.gain.minimum != 0 || config.gain.maximum != 0 else {
            let (input, stems) = try Self.mixture(of: place.song, place.range, store)
            return Example(
                input: Self.padded(input, to: samples),
                target: .stems(stems.map { Self.padded($0, to: samples) }))
        }
        var mixture = [Float](repeating: 0, count: samples)
        var targets: [[Float]] = []
        for index in stems.indices {
            if isRemix, index > 0 { place = drawPlace(samples, &stream) }
            let gain = decibelGain(stream.uniform(config.gain.minimum...config.gain.maximum))
            var stem = Self.padded(
                try store.read(place.song.stems[index], place.range, judged: false), to: samples)
            for i in stem.indices {
                stem[i] *= gain
                mixture[i] += stem[i]
            }
            targets.append(stem)
        }
        return Example(input: mixture, target: .stems(targets))
    }

    /// A song as often as it is long, and a stretch of it.
    private func drawPlace(_ samples: Int, _ stream: inout RandomStream) -> (
        song: StemSong, range: Range<Int>
    ) {
        let at = stream.integer(0..<(ends.last ?? 1))
        let song = training[ends.firstIndex { $0 > at } ?? 0]
        let start = song.count > samples ? stream.integer(0..<(song.count - samples + 1)) : 0
        return (song, start..<start + min(samples, song.count))
    }

    /// Silence behind what is shorter than a clip.
    private static func padded(_ signal: [Float], to count: Int) -> [Float] {
        signal.count < count ? signal + [Float](repeating: 0, count: count - signal.count) : signal
    }

    /// The stems of a song and its mixture, given or summed.
    private static func mixture(
        of song: StemSong, _ range: Range<Int>, _ store: RecordingStore
    ) throws -> (input: [Float], stems: [[Float]]) {
        let stems = try song.stems.map { try store.read($0, range, judged: false) }
        if let given = song.mixture { return (try store.read(given, range, judged: true), stems) }
        var sum = [Float](repeating: 0, count: range.count)
        for stem in stems { for i in sum.indices { sum[i] += stem[i] } }
        return (sum, stems)
    }

    // MARK: Evaluation

    func items(_ split: EvaluationSplit) -> [EvaluationItem] { (evaluation[split] ?? []).map(\.item) }

    func example(_ item: EvaluationItem, of split: EvaluationSplit) throws -> Example {
        guard let entry = evaluation[split]?.first(where: { $0.item == item }) else {
            throw ExperimentError.notFound("the \(split.rawValue) list has no item \(item.name)")
        }
        do {
            let (input, stems) = try Self.mixture(of: entry.song, entry.range, store)
            return Example(input: input, target: .stems(stems))
        } catch let issue as DataIssue {
            throw ExperimentError.data("\(issue)")
        }
    }
}

/// Mixtures with one of their stems as the target, for models with one output.
struct StemPairDataset: Dataset {
    private let source: StemsDataset
    private let stem: Int
    private let name: String

    init(_ source: StemsDataset, stem: Int, named name: String) {
        (self.source, self.stem, self.name) = (source, stem, name)
    }

    private func pair(_ example: Example) -> AlignedPair {
        guard case .stems(let stems) = example.target else {
            return AlignedPair(clean: example.input, degraded: example.input)
        }
        return AlignedPair(clean: stems[stem], degraded: example.input)
    }

    func trainingPair(seed: UInt64, index: Int, samples: Int) throws -> AlignedPair {
        pair(try source.trainingExample(seed: seed, index: index, samples: samples))
    }

    func pair(_ item: EvaluationItem, of split: EvaluationSplit) throws -> AlignedPair {
        pair(try source.example(item, of: split))
    }

    func items(_ split: EvaluationSplit) -> [EvaluationItem] { source.items(split) }
    var trainingHash: String { JSONValue([name, source.trainingHash]).stableHash() }
    var testHash: String { JSONValue([name, source.testHash]).stableHash() }
    var trainingCount: Int? { source.trainingCount }
    var issues: [DataIssue] { source.issues }
    var splitList: SplitList? { source.splitList }
    var recordings: [ListedRecording] { source.recordings }
}
