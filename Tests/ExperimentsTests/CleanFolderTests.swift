import Audio
import Foundation
import StrictJSON
import Testing

@testable import Experiments

@Suite("Clean folders")
struct CleanFolderTests {
    private let folder: Miniature.Folder

    init() throws {
        folder = try Miniature.Folder()
        try Recordings.make(in: folder.url)
    }

    private func document() throws -> JSONDocument {
        try JSONDocument(
            """
            {"kind": "clean_folder", "clean": [{"path": "\(folder.url.path)/clean"}],
             "noise": [{"path": "\(folder.url.path)/noise"}], "test_every": 4, "test_items": 16,
             "validation_items": 8}
            """)
    }

    private func config(_ changes: String...) throws -> CleanFolderConfig {
        var document = try document()
        for change in changes { try document.apply(Override(change)) }
        let choice = try document.decode(Choice<DatasetRegistry>.self)
        return try #require(choice.component as? CleanFolderConfig)
    }

    private func refusal(_ changes: String...) -> String {
        do {
            _ = try changes.reduce(into: document()) { try $0.apply(Override($1)) }
                .decode(Choice<DatasetRegistry>.self).item.make(sampleRate: 8000)
            return ""
        } catch { return "\(error)" }
    }

    @Test func clipsDependOnSeedAndIndexAlone() throws {
        let (a, b) = (try config().make(sampleRate: 8000), try config("cache_mib=1").make(sampleRate: 8000))
        for index in (0..<12).reversed() { _ = try b.trainingPair(seed: 1, index: index, samples: 12_000) }
        for index in [3, 0, 11] {
            let (p, q) = (
                try a.trainingPair(seed: 1, index: index, samples: 12_000),
                try b.trainingPair(seed: 1, index: index, samples: 12_000)
            )
            #expect(p.clean.count == 12_000 && p.degraded.count == 12_000)
            let areEqual = p.clean == q.clean && p.degraded == q.degraded
            #expect(areEqual)
            let other = try a.trainingPair(seed: 2, index: index, samples: 12_000)
            let differ = other.clean != p.clean && other.degraded != p.degraded
            #expect(differ)
        }
    }

    @Test func clipsLongerThanRecordingsAreJoinedFromOneVoice() throws {
        let dataset = try config(
            "degradation.snr=[60,60]",
            "degradation.class_shares={\"noise\":1,\"phone\":0,\"room\":0,\"gain\":0}"
        )
        .make(sampleRate: 8000)
        let pair = try dataset.trainingPair(seed: 1, index: 5, samples: 80_000)
        // Ten seconds of recordings of 2 to 3 s: three pauses at least, of exact silence in the clean signal.
        var pauses = 0
        var run = 0
        for sample in pair.clean {
            run = sample == 0 ? run + 1 : 0
            if run == 350 { pauses += 1 }
        }
        #expect(pauses >= 3 && pauses <= 6)
        let level = 20 * log10(ActiveLevel.rms(pair.clean, sampleRate: 8000))
        #expect(abs(level + 26) < 0.1)
    }

    @Test func listsAreFrozenAndNamedByWhatTheyAreMadeOf() throws {
        let (a, b) = (try config().make(sampleRate: 8000), try config("cache_mib=1").make(sampleRate: 8000))
        let items = a.items(.test)
        #expect(items.count == 16 && a.items(.validation).count == 8)
        #expect(Set(items.map(\.name)).count == 16)
        for category in ["N", "P", "R", "A"] { #expect(items.filter { $0.category == category }.count == 4) }
        #expect(a.testHash == b.testHash && a.trainingHash == b.trainingHash)
        for item in items.reversed() {
            let (p, q) = (try a.pair(item, of: .test), try b.pair(item, of: .test))
            #expect(p.sha256(sampleRate: 8000) == q.sha256(sampleRate: 8000))
            // Whole recordings of 2 to 3 s.
            #expect((16_000...24_000).contains(p.clean.count))
        }
        let digests = Set(try items.map { try a.pair($0, of: .test).sha256(sampleRate: 8000) })
        #expect(digests.count == 16)
        let otherNoise = try config("degradation.test_snr=[0]").make(sampleRate: 8000)
        #expect(otherNoise.testHash != a.testHash)
    }

    @Test func itemsSayWhoSpeaksWhereThatIsKnown() throws {
        let items = try config("split_by=voice", #"test=["voice2"]"#).make(sampleRate: 8000).items(.test)
        #expect(!items.isEmpty && items.allSatisfy { $0.speaker == "voice2" })
        let alone = try config("voice_from=file").make(sampleRate: 8000).items(.test)
        #expect(!alone.isEmpty && alone.allSatisfy { $0.speaker.isEmpty })
    }

    @Test func partsShareNoRecording() throws {
        let dataset = try config("split_by=voice").make(sampleRate: 8000)
        let list = try #require(dataset.splitList)
        func voices(_ part: DataSplit) -> Set<String> {
            Set(
                list.names(part).filter { $0.hasPrefix("clean/") }.map { String($0.split(separator: "/")[1]) }
            )
        }
        #expect(!voices(.train).isEmpty && !voices(.test).isEmpty && !voices(.validation).isEmpty)
        #expect(voices(.train).isDisjoint(with: voices(.test)))
        #expect(voices(.train).isDisjoint(with: voices(.validation)))
        #expect(voices(.test).isDisjoint(with: voices(.validation)))
        let noises = DataSplit.allCases.map { part in list.names(part).filter { $0.hasPrefix("noise") }.count
        }
        #expect(noises.reduce(0, +) == 8 && noises.allSatisfy { $0 > 0 })
        #expect(refusal(#"test=["voice9"]"#).contains("voice9"))
    }

    @Test func aSourceServesTheWantedPartsAlone() throws {
        let path = "\(folder.url.path)/clean"
        func source(_ voice: String, _ part: String) -> String {
            #"{"path": "\#(path)", "voices": ["\#(voice)"], "parts": ["\#(part)"]}"#
        }
        let dataset = try config(
            "split_by=voice", #"validation=["voice1"]"#, #"test=["voice2"]"#,
            "clean=[\(source("voice0", "train")),\(source("voice1", "validation")),\(source("voice2", "test"))]",
            #"noise=[{"path": "\#(folder.url.path)/noise", "parts": ["train"]}]"#
        ).make(sampleRate: 8000)
        let list = try #require(dataset.splitList)
        #expect(list.names(.train).filter { $0.contains("voice") }.allSatisfy { $0.contains("voice0") })
        #expect(list.names(.test).count == 5 && list.names(.test).allSatisfy { $0.contains("voice2") })
        #expect(list.names(.validation).count == 5)
        #expect(dataset.items(.test).count == 16)
        // Nothing is left of a source that serves parts which the split has not given it.
        let nothing = refusal("clean=[\(source("voice0", "train"))]")
        #expect(nothing.contains("validation"))
        #expect(
            refusal(#"test=["voice0"]"#, "split_by=voice", "clean=[\(source("voice0", "train"))]")
                .contains("key: parts"))
        #expect(refusal("clean.0.parts=[]").contains("parts"))
        #expect(refusal(#"clean.0.parts=["training"]"#).contains("validation"))
    }

    @Test func aMissingSetNamesItsRecipe() throws {
        try Data("{}".utf8).write(to: folder.url.appending(path: "voices.json"))
        let text = refusal(#"clean.0.path="\#(folder.url.path)/prepared/voices""#)
        #expect(text.contains("data prepare") && text.contains("voices.json"), "\(text)")
        #expect(refusal(#"clean.0.path="\#(folder.url.path)/prepared/others""#).contains("no such folder"))
    }

    @Test func theSameRecordingInTwoPartsIsRefused() throws {
        let dataset = try config().make(sampleRate: 8000)
        let list = try #require(dataset.splitList)
        let test = try #require(list.names(.test).first { $0.hasPrefix("clean/") })
        let train = try #require(list.names(.train).first { $0.hasPrefix("clean/") })
        let (from, to) = (
            folder.url.appending(path: test + ".wav"), folder.url.appending(path: train + ".wav")
        )
        try FileManager.default.removeItem(at: to)
        try FileManager.default.copyItem(at: from, to: to)
        #expect(refusal("cache_mib=8").contains("are the same recording"))
    }

    @Test func recordedNoisesAreUsed() throws {
        // Only white noise is recorded and only recorded scenes are drawn, so what was added must be white.
        let shares =
            #"degradation.noise_shares={"ambience":1,"babble":0,"keys":0,"hum":0,"white":0,"pink":0,"brown":0}"#
        let classes = #"degradation.class_shares={"noise":1,"phone":0,"room":0,"gain":0}"#
        func added(_ changes: String...) throws -> [Float] {
            var config = try self.config(shares, classes, "degradation.snr=[0,0]")
            if changes.contains("none") { config.noise = [] }
            let dataset = try config.make(sampleRate: 8000)
            return try (0..<6).flatMap { index in
                let pair = try dataset.trainingPair(seed: 1, index: index, samples: 16_000)
                return zip(pair.degraded, pair.clean).map { $0 - $1 * 0.5 }
            }
        }
        func tilt(_ samples: [Float]) -> Double {
            var (sum, difference) = (0.0, 0.0)
            for (a, b) in zip(samples, samples.dropFirst()) {
                sum += Double((a + b) * (a + b))
                difference += Double((a - b) * (a - b))
            }
            return difference / sum
        }
        // White noise has equal sums and differences; synthesised scenes fall towards high frequencies.
        let (recorded, synthesised) = (tilt(try added()), tilt(try added("none")))
        #expect(recorded > 2 * synthesised, "\(recorded) \(synthesised)")
    }

    @Test func badRecordingsAreRefusedOrSkippedAndListed() throws {
        let clean = folder.url.appending(path: "clean")
        try Data("no sound".utf8).write(to: clean.appending(path: "voice0/broken.wav"))
        #expect(refusal("policy=error").contains("broken.wav"))
        #expect(refusal("policy=error").contains("policy"))
        try Recordings.write([Float](repeating: 0, count: 20_000), clean, "voice1/silent.wav")
        try Recordings.write(
            Recordings.tone("c", count: 20_000, sampleRate: 8000).map { min(max(9 * $0, -1), 1) }, clean,
            "voice2/clipped.wav")
        let dataset = try config("policy=skip").make(sampleRate: 8000)
        #expect(dataset.issues.contains { $0.path.contains("broken.wav") })
        for index in 0..<150 { _ = try dataset.trainingPair(seed: 1, index: index, samples: 8000) }
        for item in dataset.items(.test) + dataset.items(.validation) {
            #expect(!item.name.contains("silent") && !item.name.contains("clipped"))
        }
        let paths = dataset.issues.map { $0.path.split(separator: "/").last ?? "" }.sorted()
        #expect(paths == ["broken.wav", "clipped.wav", "silent.wav"])
    }

    @Test func aFileThatVanishesEndsOrIsSkipped() throws {
        let (strict, lenient) = (
            try config("policy=error").make(sampleRate: 8000),
            try config("policy=skip").make(sampleRate: 8000)
        )
        let list = try #require(strict.splitList)
        for name in list.names(.train).filter({ $0.hasPrefix("clean/") }).dropFirst() {
            try FileManager.default.removeItem(at: folder.url.appending(path: name + ".wav"))
        }
        #expect(throws: ExperimentError.self) {
            for index in 0..<20 { _ = try strict.trainingPair(seed: 1, index: index, samples: 8000) }
        }
        for index in 0..<20 { _ = try lenient.trainingPair(seed: 1, index: index, samples: 8000) }
        #expect(!lenient.issues.isEmpty && lenient.issues.allSatisfy { $0.problem.contains("no such file") })
        for name in list.names(.train).filter({ $0.hasPrefix("clean/") }).prefix(1) {
            try FileManager.default.removeItem(at: folder.url.appending(path: name + ".wav"))
        }
        let none = try config("policy=skip", "split_by=voice")
        #expect(throws: ExperimentError.self) {
            let dataset = try none.make(sampleRate: 8000)
            for item in dataset.items(.test) { _ = try dataset.pair(item, of: .test) }
            try FileManager.default.removeItem(at: folder.url.appending(path: "clean"))
            for index in 0..<50 { _ = try dataset.trainingPair(seed: 1, index: index, samples: 8000) }
        }
    }

    @Test func emptyAndMissingFoldersAreExplained() throws {
        let empty = folder.url.appending(path: "empty")
        try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
        #expect(refusal("clean=[{\"path\": \"\(empty.path)\"}]").contains("no sound files"))
        #expect(refusal("clean=[{\"path\": \"\(empty.path)/gone\"}]").contains("no such folder"))
        #expect(refusal("noise=[{\"path\": \"\(empty.path)\"}]").contains("no sound files"))
        #expect(refusal("clean=[]").contains("clean"))
        #expect(refusal("minimum_seconds=50").contains("minimum_seconds"))
        #expect(refusal("degradation.snr=[3,2]").contains("lower first"))
        #expect(refusal("degradation.room.t60=[0,9]").contains("t60"))
    }

    @Test func aPreparedSetThatIsNotFinishedIsRefused() throws {
        try Data().write(to: folder.url.appending(path: "clean/.journal"))
        #expect(refusal("cache_mib=8").contains("has not finished"))
        try Data("{\"format\": 1".utf8).write(to: folder.url.appending(path: "clean/manifest.json"))
        #expect(refusal("cache_mib=8").contains("manifest.json"))
    }

    @Test func anyRateWorks() throws {
        for rate in [16_000, 44_100, 48_000] {
            let dataset = try config("test_items=4", "validation_items=4").make(sampleRate: rate)
            let pair = try dataset.trainingPair(seed: 1, index: 0, samples: rate)
            #expect(pair.clean.count == rate)
            #expect(try dataset.pair(dataset.items(.test)[0], of: .test).clean.count >= 2 * rate)
        }
        #expect(throws: ExperimentError.self) { try config().make(sampleRate: 4000) }
    }
}
