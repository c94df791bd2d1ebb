import Audio
import Foundation
import StrictJSON
import Synchronization
import Tensor

/// Clean and degraded files matched by name: `{"kind": "paired_folders", "path": "recordings"}`.
public struct PairedFoldersConfig: DatasetConfig {
    public static let kind = "paired_folders"
    public static let summary = "your own recordings: a folder of clean files and one of degraded files"

    public var path = ""
    public var clean = "clean"
    public var degraded = "noisy"
    public var validation: [String] = []
    public var test: [String] = []
    public var testEvery = 5
    public var allForTest = false
    public var categoryFromSuffix = true

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("path", \.path, "folder that holds both folders; relative to the working directory"),
        Field("clean", \.clean, "folder of clean files"),
        Field("degraded", \.degraded, "folder of degraded files with the same names"),
        Field(
            "validation", \.validation, "names (without extension) kept for validation; empty: see test_every"
        ),
        Field("test", \.test, "names (without extension) kept for the test; empty: see test_every"),
        Field(
            "test_every", \.testEvery, in: 3...1000,
            "where no names are listed: of this many files in alphabetical order the first is for the test, the "
                + "second for validation"),
        Field("all_for_test", \.allForTest, "whether every pair is for the test, to evaluate a run on them"),
        Field(
            "category_from_suffix", \.categoryFromSuffix,
            "whether tables group by what follows the last underscore of a name (as in s_01_N)"),
    ]

    public func make(sampleRate: Int) throws -> any Dataset {
        try PairedFoldersDataset(config: self, sampleRate: sampleRate)
    }
}

final class PairedFoldersDataset: Dataset {
    private struct Entry: Sendable {
        let name: String
        let clean: URL
        let degraded: URL
    }

    private let config: PairedFoldersConfig
    private let sampleRate: Int
    private let training: [Entry]
    private let validation: [Entry]
    private let test: [Entry]
    let trainingHash: String
    let testHash: String

    /// Decoded pairs, up to `cacheLimit` samples.
    private let cache = Mutex<(pairs: [String: AlignedPair], samples: Int)>(([:], 0))
    private static let cacheLimit = 64 << 20

    init(config: PairedFoldersConfig, sampleRate: Int) throws {
        self.config = config
        self.sampleRate = sampleRate
        guard !config.path.isEmpty else {
            throw ExperimentError.config(
                "dataset.path: no folder given; add --set dataset.path=DIR, a folder that holds "
                    + "\(config.clean)/ and \(config.degraded)/")
        }
        let root = URL(fileURLWithPath: config.path)
        let clean = try Self.list(root.appending(path: config.clean))
        let degraded = try Self.list(root.appending(path: config.degraded))
        let unpaired = Set(clean.keys).symmetricDifference(degraded.keys).sorted()
        guard unpaired.isEmpty else {
            throw ExperimentError.data(
                "\(config.path): \(unpaired.count) files have no partner of the same name in the other folder: "
                    + unpaired.prefix(5).joined(separator: ", ") + (unpaired.count > 5 ? ", ..." : ""))
        }
        let entries = clean.keys.sorted().compactMap { name -> Entry? in
            guard let a = clean[name], let b = degraded[name] else { return nil }
            return Entry(name: name, clean: a, degraded: b)
        }
        guard entries.count >= 3 || config.allForTest else {
            throw ExperimentError.data(
                "\(config.path): \(entries.count) pairs found; at least 3 are needed (training, validation, test)"
            )
        }
        for name in config.test + config.validation where clean[name] == nil {
            throw ExperimentError.config(
                "dataset: no pair is called \"\(name)\" in \(config.path); "
                    + suggestion(for: name, among: entries.map(\.name), what: "pairs"))
        }
        if let both = config.test.first(where: { config.validation.contains($0) }) {
            throw ExperimentError.config(
                "dataset: \"\(both)\" stands in both test and validation; a pair has one use")
        }
        let listed = !config.test.isEmpty || !config.validation.isEmpty
        func use(_ index: Int, _ entry: Entry) -> Int {
            if config.allForTest { return 0 }
            if listed {
                return config.test.contains(entry.name) ? 0 : config.validation.contains(entry.name) ? 1 : 2
            }
            return min(2, index % config.testEvery)
        }
        let uses = entries.enumerated().map { (use($0, $1), $1) }
        test = uses.filter { $0.0 == 0 }.map(\.1)
        validation = uses.filter { $0.0 == 1 }.map(\.1)
        training = uses.filter { $0.0 == 2 }.map(\.1)
        guard !test.isEmpty, config.allForTest || !(training.isEmpty || validation.isEmpty) else {
            throw ExperimentError.data(
                "\(config.path): of \(entries.count) pairs \(training.count) are for training, \(validation.count) for "
                    + "validation and \(test.count) for the test; each needs one at least")
        }
        func hash(_ entries: [Entry]) -> String {
            var parts: [JSONValue] = [.integer(sampleRate)]
            for entry in entries {
                parts.append(.string(entry.name))
                parts.append(.string(Self.fingerprint(entry.clean)))
                parts.append(.string(Self.fingerprint(entry.degraded)))
            }
            return JSONValue.array(parts).stableHash()
        }
        trainingHash = hash(training)
        testHash = hash(test)
    }

    /// Sound files of a folder by name without extension; hidden files are passed over.
    private static func list(_ folder: URL) throws -> [String: URL] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), isFolder.boolValue
        else {
            throw ExperimentError.notFound(
                "\(folder.relativePath): no such folder; paired_folders needs two folders with files of equal names"
            )
        }
        var result: [String: URL] = [:]
        let extensions = ["wav", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff", "au", "caf", "w64"]
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            guard !file.lastPathComponent.hasPrefix("."), extensions.contains(file.pathExtension.lowercased())
            else {
                continue
            }
            let name = file.deletingPathExtension().lastPathComponent
            if let other = result[name] {
                throw ExperimentError.data(
                    "\(folder.relativePath): \(other.lastPathComponent) and \(file.lastPathComponent) have one name; "
                        + "names must differ before the extension")
            }
            result[name] = file
        }
        guard !result.isEmpty else {
            throw ExperimentError.data(
                "\(folder.relativePath): no sound files; accepted: \(extensions.joined(separator: ", "))")
        }
        return result
    }

    /// FNV-1a-64 over a file's bytes.
    private static func fingerprint(_ file: URL) -> String {
        guard let data = try? Data(contentsOf: file, options: .mappedIfSafe) else { return "unreadable" }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        data.withUnsafeBytes { bytes in
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        }
        return String(hash, radix: 16)
    }

    var trainingCount: Int? { training.count }

    private func load(_ entry: Entry) throws -> AlignedPair {
        if let cached = cache.withLock({ $0.pairs[entry.name] }) { return cached }
        let clean = try mono(entry.clean)
        let degraded = try mono(entry.degraded)
        guard clean.count == degraded.count else {
            throw ExperimentError.data(
                "\(entry.degraded.relativePath): \(degraded.count) samples at \(sampleRate) Hz, its clean partner has "
                    + "\(clean.count); a pair must be equally long and aligned")
        }
        let pair = AlignedPair(clean: clean, degraded: degraded)
        cache.withLock { cache in
            if cache.samples + 2 * clean.count > Self.cacheLimit { cache = ([:], 0) }
            cache.pairs[entry.name] = pair
            cache.samples += 2 * clean.count
        }
        return pair
    }

    private func mono(_ file: URL) throws -> [Float] {
        let waveform = try AudioFile.read(file)
        let samples = waveform.mono
        if waveform.sampleRate == sampleRate { return samples }
        return Resampler(from: waveform.sampleRate, to: sampleRate).resample(samples)
    }

    func trainingPair(seed: UInt64, index: Int, samples: Int) throws -> AlignedPair {
        var stream = RandomStream(seed: seed, "paired-folders", index)
        // Every file once per round, in an order of its own in each round.
        let round = index / training.count
        var shuffle = RandomStream(seed: seed, "paired-folders/order", round)
        let entry = training[shuffle.permutation(training.count)[index % training.count]]
        let pair = try load(entry)
        let room = pair.clean.count - samples
        if room >= 0 {
            let start = stream.integer(0..<(room + 1))
            return AlignedPair(
                clean: Array(pair.clean[start..<start + samples]),
                degraded: Array(pair.degraded[start..<start + samples]))
        }
        // Shorter than a clip: silence around it.
        let before = stream.integer(0..<(1 - room))
        func padded(_ signal: [Float]) -> [Float] {
            [Float](repeating: 0, count: before) + signal + [Float](repeating: 0, count: -room - before)
        }
        return AlignedPair(clean: padded(pair.clean), degraded: padded(pair.degraded))
    }

    private func entries(_ split: EvaluationSplit) -> [Entry] { split == .test ? test : validation }

    func items(_ split: EvaluationSplit) -> [EvaluationItem] {
        entries(split).map { entry in
            let suffix = entry.name.split(separator: "_").last.map(String.init) ?? ""
            let category = config.categoryFromSuffix && entry.name.contains("_") ? suffix : "all"
            return EvaluationItem(name: entry.name, category: category)
        }
    }

    func pair(_ item: EvaluationItem, of split: EvaluationSplit) throws -> AlignedPair {
        guard let entry = entries(split).first(where: { $0.name == item.name }) else {
            throw ExperimentError.notFound("the \(split.rawValue) list has no item \(item.name)")
        }
        return try load(entry)
    }
}
