import Audio
import Foundation
import StrictJSON
import Testing

/// `workbench score` as a user runs it.
@Suite("Scoring on the command line", .serialized)
final class ScoreCommandTests {
    private let folder: URL
    private static let real = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/real")

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "workbench-\(UUID().uuidString)")
        for name in ["ref", "deg"] {
            try FileManager.default.createDirectory(
                at: folder.appending(path: name), withIntermediateDirectories: true)
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func path(_ name: String) -> URL { folder.appending(path: name) }

    private func workbench(_ arguments: String...) throws -> BuiltProgram.Outcome {
        try BuiltProgram.run(arguments, in: folder)
    }

    /// A real clip, clean or noisy, of the fixtures.
    private func clip(_ part: String, _ name: String = "s_fr_01_N") throws -> Waveform {
        try AudioFile.read(Self.real.appending(path: "\(part)/\(name).wav"))
    }

    private func json(_ outcome: BuiltProgram.Outcome) throws -> JSONValue {
        try JSONValue(parsing: [UInt8](outcome.output.utf8))
    }

    @Test func twoFilesInJSON() throws {
        try AudioFile.write(clip("clean"), to: path("a.wav"))
        try AudioFile.write(clip("noisy"), to: path("b.flac"))
        let outcome = try workbench("score", "a.wav", "b.flac", "--json", "--metrics", "pesq_wb,stoi,snr")
        #expect(outcome.exitCode == 0, "\(outcome.error)")
        // Two conversions take the edge of the band, which PESQ hears a little.
        let file = try json(outcome)["files"]?[0]
        #expect(file?["name"]?.stringValue == "a.wav")
        #expect(file?["undefined"]?.objectValue?.isEmpty == true)
        for (name, expected, tolerance) in [
            ("pesq_wb", 1.0471, 0.002), ("stoi", 0.8447, 0.0002), ("snr", 9.7499, 0.01),
        ] {
            let value = try #require(file?["metrics"]?[name]?.doubleValue)
            #expect(abs(value - expected) <= tolerance, "\(name) \(value)")
        }
    }

    @Test func foldersArePairedByNameAndSummarised() throws {
        for index in 0..<6 {
            let name = ["s_fr_00_N", "s_fr_01_N"][index % 2]
            try AudioFile.write(clip("clean", name), to: path("ref/\(index).wav"))
            try AudioFile.write(clip("noisy", name), to: path("deg/\(index).\(index == 0 ? "flac" : "wav")"))
        }
        try AudioFile.write(clip("clean"), to: path("deg/4.wav"))
        try AudioFile.write(clip("clean"), to: path("deg/lonely.wav"))
        try AudioFile.write(clip("clean"), to: path("ref/single.wav"))
        try Data("no sound".utf8).write(to: path("ref/notes.txt"))
        // The fourth pair equals itself: one metric is infinite.
        try AudioFile.write(clip("clean", "s_fr_00_N"), to: path("deg/4.wav"))
        let outcome = try workbench("score", "ref", "deg", "--json", "--metrics", "snr,stoi", "--worst", "1")
        #expect(outcome.exitCode == 0, "\(outcome.error)")
        let document = try json(outcome)
        #expect(
            document["files"]?.arrayValue?.compactMap { $0["name"]?.stringValue }
                == ["0.wav", "1.wav", "2.wav", "3.wav", "4.wav", "5.wav"])
        #expect(document["files"]?[4]?["metrics"]?["snr"]?.stringValue == "inf")
        let snr = try #require(document["summary"]?["snr"])
        #expect(
            snr["files"]?.intValue == 5 && snr["infinite"]?.intValue == 1 && snr["undefined"]?.intValue == 0)
        let mean = try #require(snr["mean"]?.doubleValue)
        let interval = (snr["interval95"]?.arrayValue ?? []).compactMap { $0.doubleValue }
        #expect(interval.count == 2 && interval[0] <= mean && mean <= interval[1])
        #expect(abs(mean - (2 * 4.4368 + 3 * 9.7470) / 5) < 0.001)
        #expect(snr["median"]?.doubleValue.map { abs($0 - 9.7470) < 0.001 } == true)
        #expect(snr["worst"]?.arrayValue?.count == 1 && snr["worst"]?[0]?["name"]?.stringValue == "0.wav")
        #expect(document["unpaired"]?["reference"]?[0]?.stringValue == "single.wav")
        #expect(document["unpaired"]?["estimate"]?[0]?.stringValue == "lonely.wav")

        let one = try workbench(
            "score", "ref", "deg", "--json", "--metrics", "snr,stoi", "--threads", "1", "--worst", "1")
        #expect(one.output == outcome.output, "the number of threads changes the result")

        let text = try workbench("score", "ref", "deg", "--metrics", "snr")
        #expect(text.exitCode == 0)
        #expect(text.output.contains("95 % interval") && text.output.contains("lonely.wav"))
    }

    @Test func undefinedValuesKeepTheRunGoing() throws {
        let clean = try clip("clean")
        let rate = clean.sampleRate
        let cases: [(String, Waveform, Waveform)] = [
            (
                "silent", clean,
                Waveform(sampleRate: rate, mono: [Float](repeating: 0, count: clean.frameCount))
            ),
            (
                "short", Waveform(sampleRate: rate, mono: Array(clean.channels[0][0..<3000])),
                Waveform(sampleRate: rate, mono: Array(clean.channels[0][0..<3000]))
            ),
            ("unequal", clean, Waveform(sampleRate: rate, mono: Array(clean.channels[0].dropLast(100)))),
            ("good", clean, try clip("noisy")),
        ]
        for (name, reference, estimate) in cases {
            try AudioFile.write(reference, to: path("ref/\(name).wav"))
            try AudioFile.write(estimate, to: path("deg/\(name).wav"))
        }
        let outcome = try workbench("score", "ref", "deg", "--json", "--metrics", "pesq_wb,stoi,si_sdr")
        #expect(outcome.exitCode == 0, "\(outcome.error)")
        let document = try json(outcome)
        for file in document["files"]?.arrayValue ?? [] {
            let name = file["name"]?.stringValue ?? ""
            let reason = file["undefined"]?["pesq_wb"]?.stringValue
            switch name {
            case "silent.wav": #expect(reason == "the estimate is silent")
            case "short.wav": #expect(reason == "3000 samples: at least 4000 are needed")
            case "unequal.wav": #expect(reason?.hasPrefix("lengths differ") == true)
            default: #expect(reason == nil)
            }
        }
        #expect(document["summary"]?["pesq_wb"]?["files"]?.intValue == 1)
        #expect(document["summary"]?["pesq_wb"]?["undefined"]?.intValue == 3)
        let csv = try workbench("score", "ref", "deg", "--csv", "--metrics", "pesq_wb,si_sdr")
        let lines = csv.output.split(separator: "\n")
        #expect(lines.count == 5 && lines[0] == "name,pesq_wb,si_sdr,undefined")
        #expect(lines[2].hasPrefix("short.wav,,inf,pesq_wb: 3000 samples"))

        // A file that is no sound is named, and everything else still scored.
        try Data("no sound".utf8).write(to: path("deg/good.wav"))
        let broken = try workbench("score", "ref", "deg", "--json", "--metrics", "si_sdr")
        #expect(broken.exitCode == 1 && broken.error.contains("good.wav"))
        #expect(try json(broken)["files"]?.arrayValue?.count == 4)
    }

    @Test func otherRatesAreResampledAndSaidSo() throws {
        for part in ["clean", "noisy"] {
            let sound = try clip(part)
            let high = Resampler(from: 16000, to: 48000).resample(sound)
            try AudioFile.write(high, to: path("\(part).wav"), format: AudioFormat(.wav, .float32))
            try AudioFile.write(sound, to: path("\(part)16.wav"))
        }
        let outcome = try workbench("score", "clean.wav", "noisy.wav", "--json", "--metrics", "pesq_wb,snr")
        // Two conversions take the edge of the band, which PESQ hears a little.
        let file = try json(outcome)["files"]?[0]
        #expect(file?["sample_rate"]?.intValue == 48000)
        #expect(file?["resampled"]?["pesq_wb"]?.intValue == 16000 && file?["resampled"]?["snr"] == nil)
        #expect(file?["metrics"]?["pesq_wb"]?.doubleValue.map { abs($0 - 1.0471) < 0.01 } == true)
        let mixed = try workbench("score", "clean.wav", "noisy16.wav", "--metrics", "pesq_wb")
        #expect(mixed.exitCode == 0 && mixed.output.contains("rates differ"), "\(mixed.output)\(mixed.error)")
    }

    /// Containers need not be equal, and G.722 has none.
    @Test func anyContainerIsRead() throws {
        let folder = Self.real.deletingLastPathComponent().appending(path: "g722")
        let outcome = try workbench(
            "score", folder.appending(path: "sweep.wav").path, folder.appending(path: "sweep.g722").path,
            "--json",
            "--metrics", "snr,lsd_log10_above_2000")
        #expect(outcome.exitCode == 0, "\(outcome.error)")
        let metrics = try json(outcome)["files"]?[0]?["metrics"]
        // The fixture was decoded by another program; the decoder's arithmetic is exact.
        #expect(
            metrics?["snr"]?.stringValue == "inf" || (metrics?["snr"]?.doubleValue ?? 0) > 60, "\(outcome)")
        #expect((metrics?["lsd_log10_above_2000"]?.doubleValue ?? 1) < 0.05)
    }

    @Test func errorsSayWhatWouldBeAccepted() throws {
        try AudioFile.write(clip("clean"), to: path("a.wav"))
        let missing = try workbench("score", "a.wav", "nothing.wav")
        #expect(missing.exitCode == 3 && missing.error.contains("nothing.wav"))
        let mixed = try workbench("score", "a.wav", "ref")
        #expect(mixed.exitCode == 2 && mixed.error.contains("two files or two folders"))
        let empty = try workbench("score", "ref", "deg")
        #expect(empty.exitCode == 3 && empty.error.contains("no name occurs in both"))
        let unknown = try workbench("score", "a.wav", "a.wav", "--metrics", "pesk")
        #expect(unknown.exitCode == 2 && unknown.error.contains("pesk") && unknown.error.contains("pesq_wb"))
        let both = try workbench("score", "a.wav", "a.wav", "--json", "--csv")
        #expect(both.exitCode == 2)
    }
}
