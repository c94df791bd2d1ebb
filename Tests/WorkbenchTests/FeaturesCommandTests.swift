import Audio
import Foundation
import StrictJSON
import Testing

@testable import Workbench

/// `workbench features` as users run it: on good sounds, odd ones, and what is no sound at all.
@Suite("Features on the command line")
final class FeaturesCommandTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "workbench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func workbench(_ arguments: String...) throws -> BuiltProgram.Outcome {
        try BuiltProgram.run(arguments, in: folder)
    }

    private func write(_ name: String, _ channels: [[Float]], rate: Int = 16_000) throws {
        try AudioFile.write(
            Waveform(sampleRate: rate, channels: channels), to: folder.appending(path: name),
            format: AudioFormat(.wav, .float32))
    }

    private func tone(_ frequency: Double, amplitude: Double, count: Int, rate: Int = 16_000) -> [Float] {
        (0..<count).map { Float(amplitude * sin(2 * .pi * frequency * Double($0) / Double(rate))) }
    }

    private func summary(_ arguments: String...) throws -> JSONValue {
        let outcome = try BuiltProgram.run(["features", "--json"] + arguments, in: folder)
        #expect(outcome.exitCode == 0, "\(outcome.error)")
        return try JSONDocument(outcome.output).value
    }

    // MARK: Sounds

    /// A sine of 1 kHz 20 dB below full scale: everything about it is known.
    @Test func aToneHasTheValuesOfItsFormulas() throws {
        try write("tone.wav", [tone(1000, amplitude: 0.1, count: 80_000)])
        let all = try summary("tone.wav", "--highest-pitch", "2000")
        func value(_ feature: String, _ member: String = "value") -> Double {
            all["features"]?[feature]?[member]?.doubleValue ?? .nan
        }
        let rms = -20 - 10 * log10(2.0)
        #expect(abs(value("level", "rms") - rms) < 1e-3 && abs(value("level", "peak") + 20) < 1e-3)
        #expect(abs(value("a_weighted_level") - rms) < 0.05)
        #expect(abs(value("programme_loudness") - rms) < 0.05)
        #expect(abs(value("loudness_range")) < 0.01)
        #expect(abs(value("true_peak") + 20) < 0.05)
        #expect(abs(value("centroid", "median") - 1000) < 3)
        #expect(abs(value("roll_off", "median") - 1000) < 20)
        #expect(value("flatness", "median") < 1e-5)
        #expect(abs(value("pitch", "median") - 1000) < 2 && value("voicing") > 0.95)
        // 74 dB SPL at 1 kHz: 2^((74 - 40) / 10) sone.
        #expect(abs(value("loudness", "median") / pow(2, 3.4) - 1) < 0.03)
        #expect(all["features"]?["loudness"]?["parameters"]?["full_scale_sine_db_spl"]?.doubleValue == 94)
        let names = Set(
            (all["features"]?.objectValue?.members ?? []).map(\.key)
                + (all["undefined"]?.objectValue?.members ?? []).map(\.key))
        #expect(names == Set(Feature.all.map(\.name)))

        let quiet = try summary("tone.wav", "--only", "loudness, level", "--full-scale", "84")
        #expect(quiet["features"]?.objectValue?.members.map(\.key).sorted() == ["level", "loudness"])
        let median = quiet["features"]?["loudness"]?["median"]?.doubleValue ?? .nan
        #expect(abs(median / pow(2, 2.4) - 1) < 0.03, "\(median)")
    }

    @Test func channelsCountWhereTheStandardSaysSo() throws {
        let one = tone(997, amplitude: 0.1, count: 24_000)
        try write("mono.wav", [one])
        try write("stereo.wav", [one, one.map { -$0 }])
        let both = try summary("stereo.wav")
        // Mixed, the channels cancel; programme loudness adds their power, the true peak takes the larger.
        #expect(both["undefined"]?["level"]?.stringValue == "digital silence")
        let single = try summary("mono.wav", "--only", "programme_loudness,true_peak")
        func value(_ summary: JSONValue, _ name: String) -> Double {
            summary["features"]?[name]?["value"]?.doubleValue ?? .nan
        }
        let difference = value(both, "programme_loudness") - value(single, "programme_loudness")
        #expect(abs(difference - 10 * log10(2.0)) < 1e-3)
        #expect(value(both, "true_peak") == value(single, "true_peak"))
    }

    @Test func silenceIsUndefinedWithReasons() throws {
        try write("silence.wav", [[Float](repeating: 0, count: 16_000)])
        let silence = try summary("silence.wav")
        for name in [
            "level", "a_weighted_level", "programme_loudness", "loudness_range", "true_peak", "centroid",
            "pitch", "tempo", "sharpness",
        ] {
            #expect(silence["undefined"]?[name]?.stringValue?.isEmpty == false, "\(name)")
        }
        #expect(silence["features"]?["voicing"]?["value"]?.doubleValue == 0)
        #expect(silence["features"]?["loudness"]?["max"]?.doubleValue == 0)
        #expect(silence["features"]?["onsets"]?["count"]?.intValue == 0)
        let table = try workbench("features", "silence.wav")
        #expect(table.exitCode == 0 && table.output.contains("undefined: digital silence"))
    }

    @Test(arguments: [1, 2, 100, 159, 1023])
    func soundsShorterThanAWindowHaveDefinedValues(count: Int) throws {
        try write("short.wav", [(0..<count).map { $0 % 7 < 3 ? 0.1 : -0.2 }])
        let short = try summary("short.wav")
        #expect(short["samples"]?.intValue == count)
        #expect(short["features"]?["level"] != nil && short["features"]?["mel"] != nil)
        #expect(short["undefined"]?["programme_loudness"] != nil)
    }

    @Test(arguments: [1000, 4000, 44_099, 192_000])
    func oddRatesWork(rate: Int) throws {
        try write(
            "rate.wav", [tone(Double(rate) / 20, amplitude: 0.3, count: rate / 2, rate: rate)], rate: rate)
        let odd = try summary("rate.wav")
        let centroid = odd["features"]?["centroid"]?["median"]?.doubleValue ?? .nan
        #expect(abs(centroid / (Double(rate) / 20) - 1) < 0.05, "\(centroid)")
    }

    // MARK: No sounds

    @Test func whatIsNoSoundIsRefusedInOneLine() throws {
        try write("good.wav", [tone(440, amplitude: 0.1, count: 16_000)])
        let whole = try Data(contentsOf: folder.appending(path: "good.wav"))
        // Not even the library writes such a file: a quiet NaN takes the place of a sample.
        var broken = whole
        let start = try #require(whole.firstRange(of: Data("data".utf8))).upperBound + 4 + 4 * 123
        broken.replaceSubrange(start..<start + 4, with: [0, 0, 0xc0, 0x7f])
        for (name, data) in [
            ("empty.wav", Data()), ("text.wav", Data("no sound at all".utf8)),
            ("nan.wav", broken), ("truncated.wav", whole.prefix(whole.count / 2)),
            ("header.wav", whole.prefix(44)),
        ] {
            try data.write(to: folder.appending(path: name))
        }
        try FileManager.default.createDirectory(
            at: folder.appending(path: "folder.wav"), withIntermediateDirectories: true)
        let cases: [(name: String, exit: Int32, text: String)] = [
            ("missing.wav", 3, "no such file"), ("folder.wav", 2, "is a folder"),
            ("empty.wav", 2, "no samples"),
            ("text.wav", 2, "not a sound file"), ("truncated.wav", 2, "truncated"),
            ("header.wav", 2, "complete"),
            ("nan.wav", 2, "frame 123"),
        ]
        for (name, exit, text) in cases {
            for options in [[], ["--json"]] {
                let outcome = try BuiltProgram.run(["features", name] + options, in: folder)
                #expect(outcome.exitCode == exit && outcome.output.isEmpty, "\(name): \(outcome)")
                #expect(outcome.error.contains(name) && outcome.error.contains(text), "\(outcome.error)")
                #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
            }
        }
    }

    @Test func wrongOptionsAreNamed() throws {
        try write("good.wav", [tone(440, amplitude: 0.1, count: 16_000)])
        let cases = [
            (["--only", "loudnes"], "did you mean \"loudness\"?"), (["--only", ""], "no feature ''"),
            (["--full-scale", "500"], "0 to 200"), (["--lowest-pitch", "5"], "20 <= lowest"),
            (["--pictures", ""], "--pictures"), (["--pictures", "good.wav"], "good.wav"),
        ]
        for (options, text) in cases {
            let outcome = try BuiltProgram.run(["features", "good.wav"] + options, in: folder)
            #expect(outcome.exitCode == 2 && outcome.error.contains(text), "\(options): \(outcome)")
        }
    }

    // MARK: Pictures

    @Test func everyFeatureOfASoundIsDrawn() throws {
        let rate = 16_000
        let clicks = (0..<5 * rate).map { index -> Float in
            let phase = index % (rate / 2)
            return Float(exp(-Double(phase) / 1000) * sin(Double(index) * 0.1)) * 0.5
        }
        try write("beat.wav", [clicks])
        let outcome = try workbench("features", "beat.wav", "--pictures", "some/pictures", "--json")
        #expect(outcome.exitCode == 0 && outcome.error.isEmpty, "\(outcome.error)")
        let features =
            try JSONDocument(outcome.output).value["features"]?.objectValue?.members.map(\.key) ?? []
        let pictures = folder.appending(path: "some/pictures")
        let names = try FileManager.default.contentsOfDirectory(atPath: pictures.path).sorted()
        #expect(names == (features + ["spectrogram"]).map { "\($0).png" }.sorted())
        for name in names {
            let data = try Data(contentsOf: pictures.appending(path: name))
            #expect(data.prefix(4) == Data([0x89, 0x50, 0x4e, 0x47]) && data.count < 200_000, "\(name)")
        }
        // A sound too short for some pictures still has the others.
        try write("short.wav", [[0.1, -0.2, 0.3]])
        let short = try workbench("features", "short.wav", "--pictures", "short")
        #expect(short.exitCode == 0 && short.error.contains("no picture of a_weighted_level"), "\(short)")
    }
}
