import Audio
import Foundation
import StrictJSON

/// The talkers of EARS and what its benchmark keeps them for.
enum EARSLayout {
    /// Ways of using the voice that the benchmark trains and tests without.
    static let leftOut = ["interjection", "melodic", "nonverbal", "vegetative"]
    static let validation = ["p100", "p101"]
    static let test = (102...107).map { "p\($0)" }

    static func isTalker(_ name: String) -> Bool {
        name.count == 4 && name.hasPrefix("p") && Int(name.dropFirst()).map { (1...107).contains($0) } == true
    }
}

/// EARS, degraded on the fly: `{"kind": "ears", "path": "EARS"}`.
///
/// Source: Richter et al., EARS: an anechoic fullband speech dataset benchmarked for speech enhancement and
/// dereverberation, Interspeech 2024.
public struct EARSConfig: DatasetConfig {
    public static let kind = "ears"
    public static let summary = "EARS: clean speech of 107 talkers at 48 kHz, degraded on the fly"

    public var path = ""
    public var leaveOut = EARSLayout.leftOut
    var mixing = Self.defaultMixing

    private static let defaultMixing: CleanFolderConfig = {
        var mixing = CleanFolderConfig()
        mixing.split.by = .voice
        mixing.split.validation = EARSLayout.validation
        mixing.split.test = EARSLayout.test
        mixing.recordings.voiceFrom = .folder
        return mixing
    }()

    public init() {}

    public static let fields: [Field<Self>] =
        [
            Field("path", \.path, "the folder that holds p001 to p107"),
            Field("leave_out", \.leaveOut, "styles, the beginnings of file names, that are not used"),
            Field("validation", \.mixing.split.validation, count: 1..., "talkers for validation"),
            Field("test", \.mixing.split.test, count: 1..., "talkers for the test"),
        ]
        + Field.nested(
            [
                "noise", "degradation", "level", "minimum_seconds", "gap_seconds", "validation_items",
                "test_items", "evaluation_seconds", "policy", "clipping_limit", "cache_mib",
            ], inside: \.mixing)

    public func validate() throws { try mixing.validate() }

    public func make(sampleRate: Int) throws -> any Dataset {
        let tree = try DatasetTree(
            "EARS", path: path,
            layout: "a folder for each talker, p001 to p107, files as in p001/emo_adoration_freeform.wav")
        let talkers = DatasetTree.folders(in: tree.root).filter(EARSLayout.isTalker)
        let (validation, test) = (mixing.split.validation, mixing.split.test)
        for (use, names) in [("validation", validation), ("test", test)] {
            let absent = names.filter { !talkers.contains($0) }
            guard absent.isEmpty else {
                throw tree.missing(
                    "no folder \(absent.joined(separator: ", ")), for \(use) (key: \(use))")
            }
        }
        guard talkers.contains(where: { !validation.contains($0) && !test.contains($0) }) else {
            throw tree.missing("no folder of a talker for training, as in p001")
        }
        var config = mixing
        var source = CleanSourceConfig()
        source.path = path
        let styles = leaveOut
        source.accepts = { name in
            let parts = name.split(separator: "/").map(String.init)
            guard parts.count == 2, EARSLayout.isTalker(parts[0]) else { return false }
            return !styles.contains { parts[1].hasPrefix($0) }
        }
        config.clean = [source]
        return try config.make(sampleRate: sampleRate)
    }
}

/// EARS-WHAM as its published program makes it: `{"kind": "ears_wham", "path": "EARS-WHAM"}`.
///
/// Source: as of EARS, and the program of its benchmark.
public struct EARSWHAMConfig: DatasetConfig {
    public static let kind = "ears_wham"
    public static let summary = "EARS-WHAM: EARS with noises of real places, in its published parts"

    public var path = ""
    var pairs = Self.defaultPairs

    private static let defaultPairs: PairedFoldersConfig = {
        var pairs = PairedFoldersConfig()
        pairs.categoryFromSuffix = false
        return pairs
    }()

    public init() {}

    public static let fields: [Field<Self>] =
        [Field("path", \.path, "the folder that holds train, valid and test")]
        + Field.nested(["all_for_test", "policy", "clipping_limit", "cache_mib"], inside: \.pairs)

    public func make(sampleRate: Int) throws -> any Dataset {
        let tree = try DatasetTree(
            "EARS-WHAM", path: path,
            layout: "train/, valid/ and test/, each with noisy/ and clean/, files as in "
                + "test/noisy/p102/00000_12.5dB.wav and test/clean/p102/00000.wav")
        let parts: [(folder: String, split: DataSplit)] =
            pairs.allForTest
            ? [("test", .test)] : [("train", .train), ("valid", .validation), ("test", .test)]
        var entries: [PairMatcher.Entry] = []
        for (part, split) in parts {
            let noisy = try tree.folder("\(part)/noisy")
            guard tree.has("\(part)/clean") else {
                throw tree.missing("no folder \(part)/clean (its program writes it with --copy_clean)")
            }
            let cleanFolder = tree.root.appending(path: "\(part)/clean")
            let clean = Dictionary(
                try SoundFile.list(cleanFolder, use: "files as in p102/00000.wav").map { ($0.name, $0) },
                uniquingKeysWith: { first, _ in first })
            for file in try SoundFile.list(noisy, use: "files as in p102/00000_12.5dB.wav") {
                // SoundFile takes the text after the last point for the ending: 00000_12.5dB stays whole.
                let pieces = file.name.split(separator: "_", maxSplits: 1).map(String.init)
                let decibels = pieces.count == 2 ? Double(pieces[1].replacing("dB", with: "")) : nil
                entries.append(
                    PairMatcher.Entry(
                        name: "\(part)/\(pieces[0])", degraded: file, clean: clean[pieces[0]],
                        expected: "\(pieces[0]).wav in \(cleanFolder.relativePath)",
                        voice: VoiceRule.folder.voice(of: file.name), category: Self.category(decibels),
                        split: split))
            }
        }
        var pairs = pairs
        pairs.path = path
        return try PairedFoldersDataset(pairs, sampleRate: sampleRate) { issues in
            try PairMatcher(sampleRate: sampleRate, aligned: false, issues: issues).pairs(entries)
        }
    }

    /// Four ranges of 5 dB over the published -2.5 to 17.5 dB.
    private static func category(_ decibels: Double?) -> String {
        guard let decibels else { return "all" }
        let low = -2.5 + 5 * max(0, min(3, ((decibels + 2.5) / 5).rounded(.down)))
        return "\(low) to \(low + 5) dB"
    }
}
