import Audio
import StrictJSON
import Tensor

/// A frozen list of stretches of recordings and what happens to each.
struct EvaluationPlan: Sendable {
    struct Entry: Sendable {
        let item: EvaluationItem
        let recording: Recording
        let range: Range<Int>
        let degradationClass: DegradationClass
    }

    private(set) var entries: [Entry] = []
    private let places: [EvaluationItem: Int]

    func entry(_ item: EvaluationItem) -> Entry? { places[item].map { entries[$0] } }

    /// What the entries are made of.
    var json: JSONValue {
        .array(
            entries.map { entry in
                [
                    .string(entry.item.name), .string(entry.item.category),
                    .string(RecordingOverlap.digest(entry.recording)), .integer(entry.range.lowerBound),
                    .integer(entry.range.upperBound),
                ]
            })
    }

    /// Chooses the entries. Every recording is read, so that none fails later.
    ///
    /// - Throws: `ExperimentError` if a part has no recording, or by the policy.
    init(
        _ split: EvaluationSplit, sources: [CleanSources.Source], config: CleanFolderConfig,
        store: RecordingStore,
        log: IssueLog
    ) throws {
        let wanted = split == .test ? config.testItems : config.validationItems
        let pools = sources.map { source in
            source.weight > 0
                ? Self.ordered(source.parts[split.dataSplit] ?? [], config, store.sampleRate) : []
        }
        let counts = Self.shares(of: wanted, zip(sources, pools).map { $1.isEmpty ? 0 : $0.weight })
        guard counts.contains(where: { $0 > 0 }) else {
            throw ExperimentError.data(
                "dataset.clean: no recording is left for the \(split.rawValue) list; at least one for each of training, "
                    + "validation and test is needed (keys: split_by, test_every, \(split.rawValue))")
        }
        var chosen: [(place: Double, entry: Entry)] = []
        for (index, count) in counts.enumerated() where count > 0 {
            let own = try Self.entries(
                count, split, pools[index], label: sources[index].label, names: "\(index)", config, store, log
            )
            // Sources are mixed evenly, so that the first items of the list have some of each.
            chosen += own.enumerated().map { ((Double($0) + 0.5) / Double(count), $1) }
        }
        entries = chosen.enumerated().sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }
            .map(\.element.entry)
        places = Dictionary(
            entries.enumerated().map { ($1.item, $0) }, uniquingKeysWith: { first, _ in first })
        guard !entries.isEmpty else {
            throw ExperimentError.data(
                "dataset.clean: no recording of the \(split.rawValue) list can be used; left out: \(log.all.count)"
                    + (log.all.first.map { ", the first: \($0)" } ?? ""))
        }
    }

    /// Recordings by a hash of their names: whole ones of the wanted length and long ones; if there are none, short
    /// ones.
    static func ordered(
        _ recordings: [Recording], _ config: CleanFolderConfig, _ sampleRate: Int
    ) -> [Recording] {
        func seconds(_ recording: Recording) -> Double { Double(recording.count) / Double(sampleRate) }
        let fit = recordings.filter { seconds($0) >= config.evaluationSeconds.minimum }
        // Measures need some frames.
        let usable = fit.isEmpty ? recordings.filter { seconds($0) >= 0.25 } : fit
        return usable.map { (SplitRule.bits($0.name), $0) }.sorted { ($0.0, $0.1.name) < ($1.0, $1.1.name) }
            .map(\.1)
    }

    /// Whole numbers in the ratio of the weights that sum to the total (largest remainders).
    static func shares(of total: Int, _ weights: [Double]) -> [Int] {
        let sum = weights.reduce(0, +)
        guard sum > 0 else { return weights.map { _ in 0 } }
        let exact = weights.map { $0 / sum * Double(total) }
        var counts = exact.map { Int($0) }
        let order = weights.indices.sorted {
            (exact[$1] - Double(counts[$1]), $0) < (exact[$0] - Double(counts[$0]), $1)
        }
        for index in order.prefix(total - counts.reduce(0, +)) { counts[index] += 1 }
        return counts
    }

    /// Goes round the recordings; each round takes another class and, of long ones, another excerpt.
    private static func entries(
        _ count: Int, _ split: EvaluationSplit, _ pool: [Recording], label: String, names prefix: String,
        _ config: CleanFolderConfig, _ store: RecordingStore, _ log: IssueLog
    ) throws -> [Entry] {
        var pool = pool
        var result: [Entry] = []
        let classes = config.degradation.classes
        var (place, round) = (0, 0)
        while result.count < count, !pool.isEmpty {
            let recording = pool[place]
            do {
                guard
                    let range = try excerpt(
                        of: recording, round: round, seconds: config.evaluationSeconds.maximum, store)
                else {
                    // Nothing is wrong with a quiet recording, it only says nothing about a model.
                    log.note(
                        DataIssue(
                            path: recording.path,
                            problem: "too quiet to be scored (below -60 dB); not in the list"))
                    pool.remove(at: place)
                    if place >= pool.count { (place, round) = (0, round + 1) }
                    continue
                }
                // Without the shift a number of recordings that is a multiple of four would repeat itself.
                let shift = pool.count % classes.count == 0 ? round : 0
                let degradationClass = classes[(result.count + shift) % classes.count]
                let name =
                    "\(prefix)_\(recording.name.replacing("/", with: "-"))"
                    + (round > 0 ? "_\(round + 1)" : "") + "_\(degradationClass.rawValue)"
                result.append(
                    Entry(
                        item: EvaluationItem(
                            name: name, category: label.isEmpty ? degradationClass.rawValue : label,
                            speaker: recording.speaker),
                        recording: recording, range: range, degradationClass: degradationClass))
                place += 1
            } catch let issue as DataIssue {
                try log.report(issue)
                pool.remove(at: place)
            }
            if place >= pool.count { (place, round) = (0, round + 1) }
        }
        return result
    }

    /// All of a recording, or of a long one the loudest of some random excerpts; nil if it is too quiet.
    static func excerpt(
        of recording: Recording, round: Int, seconds: Double, _ store: RecordingStore
    ) throws -> Range<Int>? {
        let length = Int(seconds * Double(store.sampleRate))
        var best: (level: Double, range: Range<Int>) = (0, 0..<min(length, recording.count))
        var stream = RandomStream(key: "excerpt/\(recording.name)/\(round)")
        for _ in 0..<(recording.count > length ? 4 : 1) {
            let start = recording.count > length ? stream.integer(0..<(recording.count - length + 1)) : 0
            let range = start..<start + min(length, recording.count)
            let samples = try store.read(recording, range, judged: true)
            let level = ActiveLevel.rms(samples, sampleRate: store.sampleRate)
            if level > best.level { best = (level, range) }
        }
        return best.level > 1e-3 ? best.range : nil
    }
}
