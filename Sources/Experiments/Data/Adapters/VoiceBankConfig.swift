import Audio
import Foundation
import StrictJSON

/// VoiceBank-DEMAND in its published folders: `{"kind": "voicebank_demand", "path": "VoiceBank-DEMAND"}`.
///
/// Source: Valentini-Botinhao, Noisy speech database for training speech enhancement algorithms and TTS models,
/// University of Edinburgh, 2017; the talkers held out for validation are those of SpeechBrain's recipes.
public struct VoiceBankConfig: DatasetConfig {
    public static let kind = "voicebank_demand"
    public static let summary = "VoiceBank-DEMAND: noisy and clean speech, with its published test set"

    /// Which of the two training sets.
    public enum TrainingSet: String, ConfigValue, CaseIterable, Sendable {
        case talkers28 = "28spk"
        case talkers56 = "56spk"
    }

    public var path = ""
    public var trainingSet = TrainingSet.talkers28
    var pairs = Self.defaultPairs

    private static let defaultPairs: PairedFoldersConfig = {
        var pairs = PairedFoldersConfig()
        pairs.categoryFromSuffix = false
        pairs.split.validation = ["p226", "p287"]
        return pairs
    }()

    public init() {}

    public static let fields: [Field<Self>] =
        [
            Field("path", \.path, "the folder that holds clean_trainset_28spk_wav and the others"),
            Field("training_set", \.trainingSet, "which training set: of 28 or of 56 talkers"),
            Field(
                "validation", \.pairs.split.validation, count: 1...,
                "talkers of the training set that are kept for validation"),
        ]
        + Field.nested(
            ["all_for_test", "policy", "clipping_limit", "cache_mib"], inside: \.pairs)

    public func make(sampleRate: Int) throws -> any Dataset {
        let set = trainingSet.rawValue
        let layout =
            "clean_trainset_\(set)_wav/, noisy_trainset_\(set)_wav/, clean_testset_wav/ and noisy_testset_wav/ (with or "
            + "without the ending _16k), files as in p226_001.wav"
        let tree = try DatasetTree("VoiceBank-DEMAND", path: path, layout: layout)
        var config = pairs
        config.path = path
        return try PairedFoldersDataset(config, sampleRate: sampleRate) { issues in
            var entries = try list(tree, "testset", .test)
            // Who only evaluates needs no training set.
            if !pairs.allForTest { entries += try list(tree, "trainset_\(set)", .train) }
            if !pairs.allForTest {
                let talkers = Set(entries.filter { $0.split == .train }.map(\.voice))
                for talker in pairs.split.validation where !talkers.contains(talker) {
                    throw tree.missing("no file of the talker \(talker), who is for validation")
                }
            }
            return try PairMatcher(sampleRate: sampleRate, aligned: false, issues: issues).pairs(entries)
        }
    }

    private func list(
        _ tree: DatasetTree, _ set: String, _ split: DataSplit
    ) throws -> [PairMatcher.Entry] {
        func files(_ quality: String) throws -> (files: [SoundFile], folder: URL) {
            let name = "\(quality)_\(set)_wav"
            let folder = try tree.folder(name, name + "_16k")
            return (try SoundFile.list(folder, use: "files as in p226_001.wav"), folder)
        }
        let (clean, cleanFolder) = try files("clean")
        let partners = Dictionary(clean.map { ($0.lastName, $0) }, uniquingKeysWith: { first, _ in first })
        let noises = Self.conditions(tree, set)
        return try files("noisy").files.map { file in
            let name = file.lastName
            return PairMatcher.Entry(
                name: name, degraded: file, clean: partners[name],
                expected: "\(name).* in \(cleanFolder.relativePath)", voice: VoiceRule.prefix.voice(of: name),
                category: noises[name] ?? "all", split: split)
        }
    }

    /// The SNR of each file from `log_testset.txt` and its like, lines as in `p232_001 bus 17.5`; empty without.
    private static func conditions(_ tree: DatasetTree, _ set: String) -> [String: String] {
        for place in ["log_\(set).txt", "logfiles/log_\(set).txt"] {
            guard let text = try? String(contentsOf: tree.root.appending(path: place), encoding: .utf8)
            else { continue }
            var conditions: [String: String] = [:]
            for line in text.split(whereSeparator: \.isNewline) {
                let words = line.split(separator: " ")
                if words.count == 3, Double(words[2]) != nil {
                    conditions[String(words[0])] = "\(words[2]) dB"
                }
            }
            return conditions
        }
        return [:]
    }
}
