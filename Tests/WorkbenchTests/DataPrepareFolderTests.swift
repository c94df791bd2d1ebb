import Audio
import Foundation
import StrictJSON
import Testing

/// `workbench data prepare FOLDER`, run as people run it.
@Suite struct DataPrepareFolderTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(
            path: "workbench-prepare-\(UUID().uuidString)")
        try write(seconds: 0.5, rate: 44100, channels: 2, "takes/one.wav")
        try write(seconds: 0.4, rate: 16000, channels: 1, "two.flac")
    }

    private func write(seconds: Double, rate: Int, channels: Int, _ path: String) throws {
        let file = folder.appending(path: "recordings/\(path)")
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        let tone = (0..<Int(seconds * Double(rate))).map { Float(0.2 * sin(Double($0) * 0.05)) }
        try AudioFile.write(
            Waveform(sampleRate: rate, channels: (0..<channels).map { _ in tone }), to: file)
    }

    private func prepare(_ arguments: String...) throws -> BuiltProgram.Outcome {
        try BuiltProgram.run(["data", "prepare"] + arguments, in: folder)
    }

    private func remove() { try? FileManager.default.removeItem(at: folder) }

    /// All files below the results, relative.
    private func results(_ name: String = "recordings") -> [String] {
        let walk = FileManager.default.enumerator(
            atPath: folder.appending(path: "datasets/prepared/\(name)").path)
        return (walk?.compactMap { $0 as? String } ?? []).sorted()
    }

    @Test func aFolderBecomesASetAndStaysOne() throws {
        defer { remove() }
        let made = try prepare("recordings", "--report")
        #expect(made.exitCode == 0, "\(made)")
        for text in [
            "44100 Hz to 16000 Hz", "2 channels to 1", "log_mel, ", "2 of 2 recordings",
            "8 computed, 0 found",
        ] {
            #expect(made.output.contains(text), "\(text): \(made)")
        }
        let sound = try AudioFile.read(
            folder.appending(path: "datasets/prepared/recordings/audio/takes/one.wav"))
        #expect(sound.sampleRate == 16000 && sound.channelCount == 1)
        #expect(results().filter { $0.hasSuffix(".npy") }.count == 8)

        let again = try prepare("recordings", "--json", "--quiet")
        #expect(again.exitCode == 0 && again.error == "", "\(again)")
        let facts = try JSONDocument(again.output).value
        #expect(facts["files"]?.intValue == 2 && facts["unchanged"]?.intValue == 2)
        #expect(facts["features_found"]?.intValue == 8 && facts["features_computed"]?.intValue == 0)
        #expect(facts["items"]?[0]?["steps"]?.arrayValue?.count == 4)
        // What was prepared can be checked and trained with like any folder.
        let check = try BuiltProgram.run(["data", "check", "datasets/prepared/recordings/audio"], in: folder)
        #expect(check.exitCode == 0, "\(check)")
    }

    @Test func stagesCanBeChosenAndHeard() throws {
        defer { remove() }
        let decoded = try prepare(
            "recordings", "--stages", "decode,resample", "--set", "sample_rate=8000", "--set",
            "keep_stages=true", "--into",
            "out", "--quiet")
        #expect(decoded.exitCode == 0, "\(decoded)")
        let stages = folder.appending(path: "out/stages")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: stages.path).sorted() == [
                "1-decode", "4-resample",
            ])
        let sound = try AudioFile.read(stages.appending(path: "4-resample/takes/one.wav"))
        #expect(sound.sampleRate == 8000 && sound.channelCount == 2)
        #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "out/features").path))
        // The same from a file.
        let config =
            #"{"path": "recordings", "stages": ["features"], "features": [{"kind": "onset"}], "into": "only"}"#
        try Data(config.utf8).write(to: folder.appending(path: "pipeline.json"))
        let features = try prepare("pipeline.json", "--json", "--quiet")
        #expect(try JSONDocument(features.output).value["features_computed"]?.intValue == 2, "\(features)")
    }

    @Test(
        arguments: [
            (["recordings", "--stages", "decode,resampel"], 2, "did you mean \"resample\""),
            (["recordings", "--set", "levle=-20"], 2, "did you mean \"level\""),
            (["recordings", "--set", "sample_rate=3"], 2, "accepted: 1000 to 192000"),
            (["recordings", "--stages", "mono"], 2, "add decode"),
            (["recordings", "--into", "recordings/out"], 2, "lies in the folder of recordings"),
            (["nothing"], 3, "nothing"),
        ] as [([String], Int32, String)])
    func mistakesAreToldInOneLine(arguments: [String], exitCode: Int32, text: String) throws {
        defer { remove() }
        let outcome = try BuiltProgram.run(["data", "prepare"] + arguments, in: folder)
        #expect(outcome.exitCode == exitCode && outcome.error.contains(text), "\(outcome)")
        #expect(outcome.output == "" && outcome.error.split(separator: "\n").count == 1, "\(outcome)")
        #expect(results().isEmpty)
    }

    @Test func brokenRecordingsAreListed() throws {
        defer { remove() }
        try Data("a letter".utf8).write(to: folder.appending(path: "recordings/letter.wav"))
        let some = try prepare("recordings", "--quiet", "--stages", "decode")
        #expect(
            some.exitCode == 0 && some.output.contains("left out: letter.wav: not a sound file"), "\(some)")
        #expect(some.output.contains("2 of 3 recordings"))
        for name in ["takes/one.wav", "two.flac"] {
            try FileManager.default.removeItem(at: folder.appending(path: "recordings/\(name)"))
        }
        let none = try prepare("recordings", "--quiet", "--stages", "decode")
        #expect(none.exitCode == 1, "\(none)")
    }

    /// Killed in the middle of its writing it leaves whole files or none, and the next call ends with what an
    /// undisturbed one makes.
    @Test func aKilledPreparationLeavesNothingHalfWritten() throws {
        defer { remove() }
        for index in 0..<24 { try write(seconds: 1, rate: 16000, channels: 1, "more/\(index).wav") }
        let process = Process()
        process.executableURL = BuiltProgram.url
        process.arguments = ["data", "prepare", "recordings", "--quiet", "--threads", "1"]
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        // As soon as there is something; a process that is faster than this was not disturbed, which is allowed.
        for _ in 0..<6000 where process.isRunning && !results().contains(where: { $0.hasSuffix(".npy") }) {
            Thread.sleep(forTimeInterval: 0.005)
        }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let place = folder.appending(path: "datasets/prepared/recordings")
        for name in results() where name.hasSuffix(".npy") {
            let bytes = [UInt8](try Data(contentsOf: place.appending(path: name)))
            #expect(bytes.count > 128 && bytes.starts(with: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]), "\(name)")
        }
        for name in results() where name.hasSuffix(".wav") {
            _ = try AudioFile.read(place.appending(path: name))
        }
        let rest = try prepare("recordings", "--json", "--quiet")
        #expect(rest.exitCode == 0, "\(rest)")
        let whole = try prepare("recordings", "--into", "undisturbed", "--json", "--quiet")
        #expect(
            try JSONDocument(rest.output).value["items"] == JSONDocument(whole.output).value["items"])
        #expect(try JSONDocument(rest.output).value["features_mended"]?.intValue == 0)
    }
}
