import Audio
import Foundation
import StrictJSON
import Synchronization
import Tensor
import Testing

@testable import Datasets

@Suite struct PipelineTests {
    /// Asks to stop after some progress.
    private final class Stopper: PreparationObserver, Sendable {
        private let stopsAt: Int
        private let done = Mutex(0)
        init(after count: Int = .max) { stopsAt = count }
        func begin(_ phase: String, total: Int, unit: String) {}
        func advance(to count: Int, detail: String) { done.withLock { $0 = count } }
        func end() {}
        var isCancelled: Bool { done.withLock { $0 } >= stopsAt }
    }

    /// A folder of recordings as people have them, and the folder of the results.
    private struct Place {
        let source: URL
        let results: URL

        init(_ folder: URL) throws {
            source = folder.appending(path: "recordings")
            results = folder.appending(path: "results")
            let quiet = Samples.tone(seconds: 0.5, amplitude: 0.01)
            try Samples.write(quiet, to: source.appending(path: "quiet.flac"))
            let (left, right) = (
                Samples.tone(seconds: 0.6, amplitude: 0.4, rate: 44100),
                Samples.tone(seconds: 0.6, frequency: 330, rate: 44100)
            )
            try Samples.write([left, right], rate: 44100, to: source.appending(path: "takes/stereo.wav"))
            try Samples.write(
                Samples.tone(seconds: 0.4, rate: 8000), rate: 8000, to: source.appending(path: "low.wav"))
        }

        func config(_ changes: String...) throws -> PipelineConfig {
            var document = try JSONDocument(
                """
                {"path": "\(source.path)", "into": "\(results.path)",
                 "features": [{"kind": "log_mel"}, {"kind": "onset"}]}
                """)
            for change in changes { try document.apply(Override(change)) }
            return try document.decode(PipelineConfig.self)
        }

        func run(_ config: PipelineConfig, stopAfter count: Int = .max) throws -> Pipeline.Report {
            try Pipeline(config, observer: Stopper(after: count)).run()
        }

        func read(_ path: String) throws -> Waveform { try AudioFile.read(results.appending(path: path)) }
    }

    private func inPlace(_ body: (Place) throws -> Void) throws {
        try withTemporaryFolder { try body(Place($0)) }
    }

    @Test func allStagesDoWhatTheySay() throws {
        try inPlace { place in
            let report = try place.run(place.config("keep_stages=true"))
            #expect(report.manifest.items.map(\.source) == ["low.wav", "quiet.flac", "takes/stereo.wav"])
            #expect(report.manifest.isComplete && report.skipped.isEmpty && report.unchanged == 0)
            for item in report.manifest.items {
                let sound = try place.read(item.path)
                #expect(sound.sampleRate == 16000 && sound.channelCount == 1)
                let level = 20 * log10(ActiveLevel.rms(sound.mono, sampleRate: 16000))
                #expect(abs(level + 26) < 0.2, "\(item.source): \(level)")
                #expect(abs(sound.duration - item.seconds) < 1e-9)
                #expect(item.steps.map(\.stage) == [.decode, .mono, .normalise, .resample])
                for (place, feature) in zip(["log_mel", "onset"], item.features) {
                    #expect(feature.kind == place)
                }
            }
            let stereo = report.manifest.items[2]
            #expect(stereo.steps.map(\.channels) == [2, 1, 1, 1])
            #expect(stereo.steps.map(\.sampleRate) == [44100, 44100, 44100, 16000])
            #expect(
                stereo.steps[0].did == "WAV, 16-bit PCM to samples"
                    && stereo.steps[1].did == "2 channels to 1")
            #expect(stereo.steps[3].did.hasPrefix("44100 Hz to 16000 Hz"))
            // What each stage made can be listened to.
            let stages = ["1-decode", "2-mono", "3-normalise", "4-resample"].map {
                "stages/\($0)/takes/stereo.wav"
            }
            let kept = try stages.map(place.read)
            #expect(
                kept.map(\.channelCount) == [2, 1, 1, 1]
                    && kept.map(\.sampleRate) == [44100, 44100, 44100, 16000])
            #expect(zip(kept[1].mono, kept[0].mono).allSatisfy { abs($0 - $1) < 1e-6 })
            let gain = kept[2].mono[101] / kept[1].mono[101]
            #expect(zip(kept[2].mono, kept[1].mono).allSatisfy { abs($0 - gain * $1) < 1e-5 })
            let result = try place.read(stereo.path).mono
            #expect(zip(kept[3].mono, result).allSatisfy { abs($0 - $1) < 1e-4 })
        }
    }

    /// The features are those of the file beside them.
    @Test func featuresBelongToTheResults() throws {
        try inPlace { place in
            let report = try place.run(place.config())
            #expect(report.features == [.computed: 6])
            for item in report.manifest.items {
                let sound = try place.read(item.path)
                let file = place.results.appending(path: item.features[0].path)
                let array = try NumpyArray(contentsOf: file.path)
                #expect(array == LogMelFeature().compute(sound.mono, sampleRate: 16000))
                #expect(array.shape == item.features[0].shape)
            }
        }
    }

    @Test func theNextCallDoesOnlyWhatIsMissing() throws {
        try inPlace { place in
            let first = try place.run(place.config())
            let again = try place.run(place.config())
            #expect(again.unchanged == 3 && again.features == [.found: 6] && again.manifest == first.manifest)

            // Another recording under the same name.
            try Samples.write(
                Samples.tone(seconds: 0.7, frequency: 500), to: place.source.appending(path: "low.wav"))
            let changed = try place.run(place.config())
            #expect(changed.unchanged == 2 && changed.features == [.found: 4, .computed: 2])
            #expect(changed.manifest.items[0].sourceHash != first.manifest.items[0].sourceHash)

            // A result that was damaged, and a feature.
            try Data("no sound".utf8).write(to: place.results.appending(path: "audio/quiet.wav"))
            let feature = changed.manifest.items[2].features[0].path
            try Data().write(to: place.results.appending(path: feature))
            let mended = try place.run(place.config())
            #expect(mended.unchanged == 1 && mended.features == [.found: 5, .mended: 1])
            #expect(mended.manifest == changed.manifest)

            // A parameter of a feature leaves the sound alone; one of the sound does not.
            let bands = try place.run(place.config("features.0.mel_bands=20"))
            #expect(bands.features == [.found: 3, .computed: 3])
            #expect(bands.manifest.items.map(\.sha256) == mended.manifest.items.map(\.sha256))
            let louder = try place.run(place.config("level=-20"))
            #expect(louder.unchanged == 0 && louder.features == [.computed: 6])

            // A recording that is gone takes its result along.
            try FileManager.default.removeItem(at: place.source.appending(path: "quiet.flac"))
            let fewer = try place.run(place.config("level=-20"))
            #expect(fewer.manifest.items.count == 2)
            #expect(
                !FileManager.default.fileExists(atPath: place.results.appending(path: "audio/quiet.wav").path)
            )
        }
    }

    @Test func aStoppedPreparationGoesOn() throws {
        try inPlace { place in
            for index in 0..<20 {
                try Samples.write(
                    Samples.tone(seconds: 0.1, frequency: Double(200 + index)),
                    to: place.source.appending(path: "more/\(index).wav"))
            }
            #expect(throws: CancellationError.self) { try place.run(place.config(), stopAfter: 8) }
            let file = place.results.appending(path: PipelineManifest.name).path
            let manifest = try JSONDocument(contentsOf: file).decode(PipelineManifest.self)
            #expect(!manifest.isComplete && manifest.items.count == 8)
            let rest = try place.run(place.config())
            #expect(rest.manifest.isComplete && rest.manifest.items.count == 23 && rest.unchanged == 8)
        }
    }

    @Test func recordingsThatCannotBeUsedAreListedWithTheReason() throws {
        try inPlace { place in
            let source = place.source
            try Data("a letter".utf8).write(to: source.appending(path: "text.wav"))
            try Data().write(to: source.appending(path: "empty.wav"))
            try Samples.write([Float](repeating: 0, count: 8000), to: source.appending(path: "silent.wav"))
            let whole = try Data(contentsOf: source.appending(path: "low.wav"))
            try whole.prefix(whole.count / 2).write(to: source.appending(path: "cut.wav"))
            try AudioFile.write(
                Waveform(sampleRate: 16000, mono: [0.1, 0.2, 0.1] + [Float](repeating: 0.1, count: 50)),
                to: source.appending(path: "short.wav"))
            let report = try place.run(place.config())
            let reasons = Dictionary(uniqueKeysWithValues: report.skipped.map { ($0.source, $0.skipped) })
            #expect(
                reasons.keys.sorted() == ["cut.wav", "empty.wav", "silent.wav", "text.wav"], "\(reasons)")
            #expect(reasons["silent.wav"]?.contains("silent") == true)
            #expect(
                reasons.values.allSatisfy { !$0.isEmpty && !$0.contains("\n") && !$0.contains(source.path) })
            #expect(report.manifest.items.count == 8 && report.manifest.isComplete)
            #expect(report.manifest.items.first { $0.source == "short.wav" }?.features.count == 2)
            let again = try place.run(place.config())
            #expect(again.unchanged == 8)
        }
    }

    @Test func someStagesAloneAreDone() throws {
        try inPlace { place in
            let decoded = try place.run(place.config(#"stages=["decode"]"#))
            #expect(
                decoded.manifest.items.map { $0.steps.map(\.stage) } == [[.decode], [.decode], [.decode]])
            #expect(try place.read("audio/takes/stereo.wav").channelCount == 2)
            let features = try place.run(place.config("into=\(place.results.path)2", #"stages=["features"]"#))
            #expect(features.manifest.items.allSatisfy { $0.path.isEmpty && $0.features.count == 2 })
            #expect(!FileManager.default.fileExists(atPath: place.results.path + "2/audio"))
        }
    }

    @Test func foldersThatCannotBeUsedAreRefused() throws {
        try inPlace { place in
            func refusal(_ changes: String...) -> String {
                do {
                    var config = try place.config()
                    for change in changes {
                        let parts = change.split(separator: "=", maxSplits: 1).map(String.init)
                        if parts[0] == "path" { config.path = parts[1] } else { config.into = parts[1] }
                    }
                    _ = try place.run(config)
                    return ""
                } catch { return "\(error)" }
            }
            #expect(refusal("path=\(place.source.path)/gone").contains("no such folder"))
            #expect(refusal("into=\(place.source.path)/results").contains("lies in the folder of recordings"))
            let other = place.results.deletingLastPathComponent().appending(path: "mine")
            try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
            try Data("mine".utf8).write(to: other.appending(path: "thesis.txt"))
            #expect(refusal("into=\(other.path)").contains("nothing in it was prepared here"))
            try Samples.write(Samples.tone(seconds: 0.2), to: place.source.appending(path: "low.flac"))
            #expect(refusal().contains("low.flac and low.wav would both become low.wav"))
        }
    }

    @Test func mistakesInTheConfigAreNamed() throws {
        try inPlace { place in
            func refusal(_ change: String) -> String {
                do { _ = try place.config(change); return "" } catch { return "\(error)" }
            }
            #expect(refusal(#"stages=["mono"]"#).contains("add decode"))
            #expect(refusal(#"stages=["decoding"]"#).contains("decode"))
            #expect(refusal("features=[]").contains("no feature is named"))
            #expect(refusal(#"features=[{"kind":"onset"},{"kind":"onset"}]"#).contains("stands there twice"))
            #expect(refusal("features.0.hop_length=2000").contains("leaves gaps"))
            #expect(refusal("level=3").contains("-60"))
            #expect(refusal("sample_rate=10").contains("1000"))
        }
    }
}
