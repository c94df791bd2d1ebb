import Audio
import Foundation
import StrictJSON

/// DAPS in its published folders: `{"kind": "daps", "path": "daps", "target": "produced"}`.
///
/// Source: Mysore, Can we automatically transform speech recorded on common consumer devices in real-world
/// environments into professional production quality speech?, IEEE Signal Processing Letters 22(8), 2015. It
/// publishes no split; the defaults here are a common one.
public struct DAPSConfig: DatasetConfig {
    public static let kind = "daps"
    public static let summary = "DAPS: speech by phones and tablets in rooms, and its studio versions"

    /// The studio versions.
    public enum Target: String, ConfigValue, CaseIterable, Sendable {
        case clean, cleanraw, produced
    }

    /// What is never in two parts.
    public enum Unit: String, ConfigValue, CaseIterable, Sendable {
        case speaker, script
    }

    public var path = ""
    public var target = Target.produced
    public var inputs: [String] = []
    public var splitBy = Unit.speaker
    public var validation: [String] = []
    public var test: [String] = []
    var pairs = Self.defaultPairs

    /// The device and room of each version.
    static let versions = [
        "ipad_balcony1", "ipad_bedroom1", "ipad_confroom1", "ipad_confroom2", "ipad_livingroom1",
        "ipad_office1",
        "ipad_office2", "ipadflat_confroom1", "ipadflat_office1", "iphone_balcony1", "iphone_bedroom1",
        "iphone_livingroom1",
    ]

    private static let defaultPairs: PairedFoldersConfig = {
        var pairs = PairedFoldersConfig()
        pairs.categoryFromSuffix = false
        pairs.excerptSeconds = 10
        return pairs
    }()

    public init() {}

    public static let fields: [Field<Self>] =
        [
            Field("path", \.path, "the folder that holds produced, iphone_bedroom1 and the others"),
            Field("target", \.target, "the studio version that is the target"),
            Field(
                "inputs", \.inputs,
                "versions that are enhanced, as in iphone_bedroom1; empty: all twelve by devices that are there"
            ),
            Field("split_by", \.splitBy, "whether talkers or scripts are kept apart"),
            Field(
                "validation", \.validation,
                "talkers (f9) or scripts (script4) for validation; empty: f9 and m9, or script4"),
            Field(
                "test", \.test,
                "talkers (f10) or scripts (script5) for the test; empty: f10 and m10, or script5"
            ),
            Field(
                "evaluation_seconds", \.pairs.excerptSeconds, in: 1...3600,
                "of recordings, which take minutes, an excerpt of this length is scored, s; null: all"),
        ]
        + Field.nested(
            ["align", "maximum_offset", "policy", "clipping_limit", "cache_mib"], inside: \.pairs)

    public func validate() throws {
        let known = Self.versions + Target.allCases.map(\.rawValue)
        for (index, input) in inputs.enumerated() where !known.contains(input) {
            throw JSONError(
                at: JSONPath("inputs").appending(index),
                "\(quoted(input)) is no version; \(suggestion(for: input, among: known, what: "versions"))")
        }
        guard !inputs.contains(target.rawValue) else {
            throw JSONError(
                at: "inputs", "\(quoted(target.rawValue)) is the target; accepted: other versions")
        }
        if let both = test.first(where: validation.contains) {
            throw JSONError(at: "test", "\(quoted(both)) stands in validation, too; a recording has one use")
        }
    }

    /// Talkers or scripts of validation and test.
    private var held: (validation: [String], test: [String]) {
        let usual =
            splitBy == .speaker
            ? (validation: ["f9", "m9"], test: ["f10", "m10"]) : (validation: ["script4"], test: ["script5"])
        return (validation.isEmpty ? usual.validation : validation, test.isEmpty ? usual.test : test)
    }

    public func make(sampleRate: Int) throws -> any Dataset {
        let tree = try DatasetTree(
            "DAPS", path: path,
            layout: "\(target.rawValue)/, iphone_bedroom1/ and others, files as in "
                + "iphone_bedroom1/m8_script5_iphone_bedroom1.wav")
        let target = try version(target.rawValue, tree)
        let wanted = inputs.isEmpty ? Self.versions.filter(tree.has) : inputs
        guard !wanted.isEmpty else { throw tree.missing("no version by a device, as in iphone_bedroom1") }
        var entries: [PairMatcher.Entry] = []
        let (validation, test) = held
        for input in wanted {
            for (take, file) in try version(input, tree) {
                let unit = splitBy == .speaker ? take.speaker : take.script
                entries.append(
                    PairMatcher.Entry(
                        name: "\(input)/\(take.name)", degraded: file, clean: target[take],
                        expected: "\(self.target.rawValue)/\(take.name)_\(self.target.rawValue).wav",
                        voice: take.speaker, category: input,
                        split: test.contains(unit) ? .test : validation.contains(unit) ? .validation : .train)
                )
            }
        }
        for (use, names) in [("validation", validation), ("test", test)] {
            let units = Set(target.keys.map { splitBy == .speaker ? $0.speaker : $0.script })
            for name in names where !units.contains(name) {
                throw tree.missing(
                    "no file of \(name) in \(self.target.rawValue)/, which is for \(use) (key: \(use))")
            }
        }
        var pairs = pairs
        pairs.path = path
        let aligned = pairs.align
        return try PairedFoldersDataset(pairs, sampleRate: sampleRate) { issues in
            try PairMatcher(sampleRate: sampleRate, aligned: aligned, issues: issues).pairs(entries)
        }
    }

    /// One reading of one script.
    private struct Take: Hashable {
        let speaker: String
        let script: String
        var name: String { "\(speaker)_\(script)" }
    }

    /// The files of a version by talker and script; files of other names are passed over.
    private func version(_ version: String, _ tree: DatasetTree) throws -> [Take: SoundFile] {
        let folder = try tree.folder(version)
        var takes: [Take: SoundFile] = [:]
        for file in try SoundFile.list(folder, use: "files as in m8_script5_\(version).wav") {
            let parts = file.lastName.split(separator: "_", maxSplits: 2).map(String.init)
            guard parts.count == 3, parts[2] == version, parts[1].hasPrefix("script") else { continue }
            takes[Take(speaker: parts[0], script: parts[1])] = file
        }
        guard !takes.isEmpty else {
            throw tree.missing("no file in \(version)/ is called as in m8_script5_\(version).wav")
        }
        return takes
    }
}
