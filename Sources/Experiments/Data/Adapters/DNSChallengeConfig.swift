import Audio
import Foundation
import StrictJSON

/// The DNS Challenge's full-band data, mixed on the fly, or pairs that its synthesiser made:
/// `{"kind": "dns_challenge", "path": "datasets_fullband"}`.
///
/// Source: Dubey et al., ICASSP 2023 deep noise suppression challenge, and the challenge's repository.
public struct DNSChallengeConfig: DatasetConfig {
    public static let kind = "dns_challenge"
    public static let summary =
        "DNS Challenge: its speech, noises and rooms mixed on the fly, or its made pairs"

    public var path = ""
    public var pairs = ""
    public var clean: [String] = []
    public var impulses = true
    public var allForTest = false
    var mixing = Self.defaultMixing

    private static let defaultMixing: CleanFolderConfig = {
        var mixing = CleanFolderConfig()
        mixing.split.by = .voice
        mixing.voiceOf = { Self.talker(of: $0) }
        mixing.degradation.classShares = .init()
        mixing.degradation.classShares.noise = 0.5
        mixing.degradation.classShares.room = 0.5
        (mixing.degradation.classShares.phone, mixing.degradation.classShares.gain) = (0, 0)
        mixing.degradation.snr = .init(-5, 20)
        mixing.degradation.testSNR = [0, 5, 10, 15, 20]
        mixing.degradation.testRoomSNR = [0, 5, 10, 15, 20]
        // All of the challenge's noises are recorded scenes.
        mixing.degradation.noiseShares = .init()
        mixing.degradation.noiseShares.ambience = 1
        (mixing.degradation.noiseShares.babble, mixing.degradation.noiseShares.keys) = (0, 0)
        (mixing.degradation.noiseShares.hum, mixing.degradation.noiseShares.white) = (0, 0)
        (mixing.degradation.noiseShares.pink, mixing.degradation.noiseShares.brown) = (0, 0)
        return mixing
    }()

    public init() {}

    public static let fields: [Field<Self>] =
        [
            Field(
                "path", \.path, "the folder that holds clean_fullband, noise_fullband and impulse_responses"),
            Field(
                "pairs", \.pairs,
                "a folder below path with noisy and clean, files matched by fileid_N; empty: mixed on the fly"
            ),
            Field(
                "clean", \.clean, "folders of clean_fullband that are used, as in read_speech; empty: all"),
            Field("impulses", \.impulses, "whether rooms are the recorded ones of impulse_responses"),
            Field("all_for_test", \.allForTest, "whether every made pair is for the test"),
        ]
        + Field.nested(
            [
                "degradation", "level", "minimum_seconds", "gap_seconds", "validation_items", "test_items",
                "evaluation_seconds", "split_by", "test_every", "validation", "test", "split_file", "policy",
                "clipping_limit", "cache_mib",
            ], inside: \.mixing)

    public func validate() throws {
        // A folder of clean recordings is named when the dataset is opened.
        try mixing.validate()
        if allForTest, pairs.isEmpty {
            throw JSONError(
                at: "all_for_test", "there are no made pairs without the key pairs; accepted: false")
        }
    }

    public func make(sampleRate: Int) throws -> any Dataset {
        try pairs.isEmpty ? mixed(sampleRate) : made(sampleRate)
    }

    /// The talker, as far as names tell: `reader_06709` of read speech, `p225` of VCTK, else the first folder.
    static func talker(of name: String) -> String {
        let last = name.split(separator: "/").last ?? ""
        let words = last.split(separator: "_")
        if let place = words.firstIndex(of: "reader"), place + 1 < words.count {
            return "reader_\(words[place + 1])"
        }
        if let first = words.first, first.count == 4, "ps".contains(first.first ?? " "),
            Int(first.dropFirst()) != nil
        {
            return String(first)
        }
        return VoiceRule.folder.voice(of: name)
    }

    private func mixed(_ sampleRate: Int) throws -> any Dataset {
        let tree = try DatasetTree(
            "DNS Challenge", path: path,
            layout:
                "clean_fullband/ with a folder for each kind of speech, noise_fullband/ and impulse_responses/"
        )
        let all = try tree.folder("clean_fullband")
        var config = mixing
        let present = DatasetTree.folders(in: all)
        for name in clean where !present.contains(name) {
            throw ExperimentError.config(
                "dataset.clean: no folder \(quoted(name)) in \(all.relativePath); "
                    + suggestion(for: name, among: present, what: "folders"))
        }
        // One source for all: a folder is drawn from as often as it is long.
        var source = CleanSourceConfig()
        source.path = all.path
        let wanted = clean
        source.accepts = { name in wanted.isEmpty || wanted.contains { name.hasPrefix($0 + "/") } }
        config.clean = [source]
        var noise = NoiseSourceConfig()
        noise.path = try tree.folder("noise_fullband").path
        config.noise = [noise]
        if impulses { config.impulses = [try tree.folder("impulse_responses").path] }
        return try config.make(sampleRate: sampleRate)
    }

    private func made(_ sampleRate: Int) throws -> any Dataset {
        let tree = try DatasetTree(
            "a made set of the DNS Challenge", path: path + "/" + pairs,
            layout: "noisy/ and clean/, files with fileid_N in their names, as in clean/clean_fileid_12.wav")
        var config = PairedFoldersConfig()
        config.path = tree.path
        config.allForTest = allForTest
        config.recordings = mixing.recordings
        (config.split, config.split.by) = (mixing.split, .file)
        let (noisy, clean) = (try files(tree, "noisy"), try files(tree, "clean"))
        let entries = noisy.map { number, file in
            PairMatcher.Entry(
                name: "fileid_\(number)", degraded: file, clean: clean[number],
                expected: "with fileid_\(number) in \(tree.path)/clean", voice: "",
                category: Self.word(after: "snr", in: file.lastName).map { "\($0) dB" } ?? "all", split: nil)
        }
        return try PairedFoldersDataset(config, sampleRate: sampleRate) { issues in
            try PairMatcher(sampleRate: sampleRate, aligned: false, issues: issues).pairs(entries)
        }
    }

    /// The files of a folder by the number after `fileid_`.
    private func files(_ tree: DatasetTree, _ folder: String) throws -> [Int: SoundFile] {
        let place = try tree.folder(folder)
        var files: [Int: SoundFile] = [:]
        for file in try SoundFile.list(place, use: "files with fileid_N in their names") {
            guard let number = Self.word(after: "fileid_", in: file.lastName).flatMap({ Int($0) }) else {
                continue
            }
            if let other = files[number] {
                throw ExperimentError.data(
                    "\(place.relativePath): \(other.name) and \(file.name) have one number; each fileid_N may be "
                        + "there once")
            }
            files[number] = file
        }
        guard !files.isEmpty else { throw tree.missing("no file in \(folder)/ has fileid_N in its name") }
        return files
    }

    /// What follows a text up to the next underscore, as in `snr15_`; nil if it is no number.
    private static func word(after text: String, in name: String) -> String? {
        guard let range = name.range(of: text, options: .backwards) else { return nil }
        let word = String(name[range.upperBound...].prefix { $0 != "_" && $0 != "." })
        return Int(word) == nil ? nil : word
    }
}
