import Audio
import Foundation
import StrictJSON
import Synchronization
import Testing

@testable import Datasets

/// Stops a preparation after a number of steps, as if somebody had asked to.
private final class Observer: PreparationObserver {
    private let left: Mutex<Int>
    init(stopsAfter steps: Int = .max) { left = Mutex(steps) }
    func begin(_ phase: String, total: Int, unit: String) {}
    func advance(to done: Int, detail: String) { left.withLock { $0 -= 1 } }
    func end() {}
    var isCancelled: Bool { left.withLock { $0 < 0 } }
}

@Suite struct PreparationTests {
    private static let recipe = """
        {
          "name": "tiny", "sample_rate": 16000,
          "treatments": [
            {"role": "speech", "trim_decibels": 45, "level": -26, "train_seconds": [0.3, 60]},
            {"role": "music", "piece_seconds": 0.5, "train_seconds": [0.2, 60]}
          ],
          "packages": [{
            "name": "tiny-sounds", "licences": [{"name": "CC0 1.0", "holder": "nobody"}],
            "selections": [
              {"folder": "usr/share/voice", "files": ["**.wav"], "leave_out": ["**beep**"], "role": "speech",
               "voice": "anna", "split": {"kind": "index", "modulus": 3, "test": [2]}},
              {"folder": "usr/share/all.pk3/ambience", "files": ["*.wav"], "role": "noise", "voice": "{name}"},
              {"folder": "usr/share/all.cat", "role": "noise", "voice": "effects", "split": {"to": "test"}},
              {"folder": "usr/share", "files": ["tune.flac"], "role": "music", "voice": "{folder}"}
            ]
          }]
        }
        """

    /// The recipe, and a folder with its package.
    private func sample(in folder: URL) throws -> (Recipe, packages: URL) {
        let tree = folder.appending(path: "tree")
        let share = tree.appending(path: "usr/share")
        for index in 0..<6 {
            let silence = [Float](repeating: 0, count: 8000)
            let tone = Samples.tone(seconds: 0.5 + 0.1 * Double(index), frequency: 300 + 50 * Double(index))
            try Samples.write(silence + tone + silence, to: share.appending(path: "voice/deep/\(index).wav"))
        }
        try Samples.write(Samples.tone(seconds: 1), to: share.appending(path: "voice/beep.wav"))
        try Samples.write(Samples.tone(seconds: 0.1), to: share.appending(path: "voice/short.wav"))
        try Samples.write([Float](repeating: 0, count: 16000), to: share.appending(path: "voice/silent.wav"))
        try Data("RIFF nothing else".utf8).write(to: share.appending(path: "voice/torn.wav"))
        let stereo = [
            Samples.tone(seconds: 1.6, frequency: 200, rate: 44100), Samples.tone(seconds: 1.6, rate: 44100),
        ]
        try Samples.write(stereo, rate: 44100, to: share.appending(path: "tune.flac"))
        let noise = folder.appending(path: "noise.wav")
        try Samples.write(Samples.tone(seconds: 0.4, frequency: 3000), to: noise)
        let bytes = Array(try Data(contentsOf: noise))
        try Data(Samples.zip([("ambience/wind.wav", bytes, true)])).write(
            to: share.appending(path: "all.pk3"))
        try Data(Samples.cat([bytes])).write(to: share.appending(path: "all.cat"))
        let packages = folder.appending(path: "packages")
        try Samples.buildPackage("tiny-sounds", version: "1.0", of: tree, into: packages)
        return (try JSONDocument(Self.recipe).decode(Recipe.self), packages)
    }

    private func prepare(
        _ recipe: Recipe, _ packages: URL, into folder: URL, stopsAfter steps: Int = .max,
        change: (inout Preparation.Options) -> Void = { _ in }
    ) throws -> PreparationReport {
        var options = Preparation.Options(folder: folder)
        options.packages = packages
        change(&options)
        return try Preparation(recipe, options: options, observer: Observer(stopsAfter: steps)).run()
    }

    @Test func aPackageBecomesASet() throws {
        try withTemporaryFolder { folder in
            let (recipe, packages) = try sample(in: folder)
            let report = try prepare(recipe, packages, into: folder.appending(path: "set"))
            let set = try PreparedSet(path: folder.appending(path: "set").path)
            #expect(set == report.set || set.manifest == report.set.manifest)
            #expect(
                set.items.map(\.path) == [
                    "test/noise/effects/00.wav", "test/speech/anna/deep-2.wav", "test/speech/anna/deep-5.wav",
                    "train/music/share/tune_000.wav", "train/music/share/tune_001.wav",
                    "train/music/share/tune_002.wav", "train/noise/wind/wind.wav",
                    "train/speech/anna/deep-0.wav",
                    "train/speech/anna/deep-1.wav", "train/speech/anna/deep-3.wav",
                    "train/speech/anna/deep-4.wav",
                ])
            #expect(
                report.skipped.map { $0.reason.split(separator: ":").first.map(String.init) } == [
                    "too short", "silent", "damaged",
                ])
            let item = try #require(set.items.first { $0.path == "train/speech/anna/deep-0.wav" })
            let measure = try RecordingMeasure(set.url(of: item))
            // 0.5 s of tone and 0.1 s on each side, to the frame of 25 ms.
            #expect(abs(measure.seconds - 0.7) <= 0.05 && measure.sampleRate == 16000)
            #expect(abs(measure.activeLevel + 26) < 0.3)
            let findings = try RecordingCheck(.prepared(set), observer: Observer()).run().findings
            // Two selections name the same noise; pieces of a steady tone are alike.
            #expect(findings.map(\.kind) == [.leaked, .duplicate], "\(findings)")
            let licences = try String(contentsOf: set.folder.appending(path: "LICENCES.md"), encoding: .utf8)
            #expect(licences.contains("CC0 1.0") && licences.contains("do what you like"))
            #expect(!FileManager.default.fileExists(atPath: set.folder.appending(path: ".unpacked").path))
        }
    }

    @Test func interruptionsChangeNothing() throws {
        try withTemporaryFolder { folder in
            let (recipe, packages) = try sample(in: folder)
            let whole = try prepare(recipe, packages, into: folder.appending(path: "whole")).set
            let place = folder.appending(path: "cut")
            #expect(throws: CancellationError.self) {
                try prepare(recipe, packages, into: place, stopsAfter: 1)
            }
            // A process that was killed: half a line in the journal, a file half-written, one that is gone.
            let journal = try FileHandle(forWritingTo: place.appending(path: ".journal"))
            try journal.seekToEnd()
            try journal.write(contentsOf: Data(#"{"source": "tiny-sou"#.utf8))
            try journal.close()
            let speech = place.appending(path: "train/speech/anna")
            try Data().write(to: speech.appending(path: ".deep-1.wav.7-1.partial"))
            try FileManager.default.removeItem(at: speech.appending(path: "deep-0.wav"))
            let report = try prepare(recipe, packages, into: place)
            #expect(report.set.contentHash == whole.contentHash && !report.wasComplete)
            #expect(report.skipped.count == 3)
            #expect(
                !FileManager.default.fileExists(
                    atPath: speech.appending(path: ".deep-1.wav.7-1.partial").path))
            #expect(try prepare(recipe, packages, into: place).wasComplete)
            // A file of a finished set that somebody changed is made again.
            try Samples.write(Samples.tone(seconds: 1), to: speech.appending(path: "deep-1.wav"))
            let mended = try prepare(recipe, packages, into: place)
            #expect(mended.set.contentHash == whole.contentHash && !mended.wasComplete)
            #expect(try prepare(recipe, packages, into: place).wasComplete)
        }
    }

    @Test func whatCannotBeHadIsSaid() throws {
        try withTemporaryFolder { folder in
            var (recipe, packages) = try sample(in: folder)
            let set = folder.appending(path: "set")
            func message(_ recipe: Recipe, _ packages: URL, into place: URL? = nil) -> String {
                do {
                    _ = try prepare(recipe, packages, into: place ?? set)
                    return "no error"
                } catch {
                    return "\(error)"
                }
            }
            #expect(
                message(recipe, folder.appending(path: "empty")).contains("no package file tiny-sounds_*.deb")
            )
            recipe.packages[0].version = "2.0"
            #expect(message(recipe, packages).contains("the recipe was written for 2.0"))
            let report = try prepare(recipe, packages, into: set) { $0.acceptsAnyVersion = true }
            #expect(report.set.manifest.packages[0].version == "1.0")
            recipe.packages[0].version = ""
            recipe.packages[0].sha256 = String(repeating: "0", count: 64)
            #expect(message(recipe, packages, into: folder.appending(path: "b")).contains("has the SHA-256"))
            recipe.packages[0].sha256 = ""
            #expect(message(recipe, packages).contains("made by another recipe"))
            recipe.packages[0].selections[0].files = ["*.mp3"]
            let missing = message(recipe, packages, into: folder.appending(path: "c"))
            #expect(missing.contains("no file is called usr/share/voice/*.mp3"))
            #expect(message(recipe, packages, into: packages).contains("is not empty and no prepared set"))
            let file = packages.appending(path: "tiny-sounds_1.0_all.deb")
            let bytes = try Data(contentsOf: file)
            try bytes.prefix(bytes.count / 2).write(to: file)
            let torn = message(recipe, packages, into: folder.appending(path: "d"))
            #expect(torn.contains("tiny-sounds_1.0_all.deb"), "\(torn)")
        }
    }
}
