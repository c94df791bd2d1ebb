import Audio
import Foundation
import StrictJSON
import Testing

/// `workbench data`, run as people run it, with a package that the test builds and no network.
@Suite struct DataCommandsTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "workbench-data-\(UUID().uuidString)")
        let sounds = folder.appending(path: "tree/usr/share/sounds")
        try FileManager.default.createDirectory(at: sounds, withIntermediateDirectories: true)
        for index in 0..<3 {
            let samples = (0..<16000).map { Float(0.3 * sin(Double($0 * (index + 1)) * 0.05)) }
            try AudioFile.write(
                Waveform(sampleRate: 16000, mono: samples), to: sounds.appending(path: "\(index).wav"))
        }
        let recipe = """
            {"name": "tiny", "packages": [{"name": "tiny-sounds", "licences": [{"name": "CC0", "holder": "nobody"}],
             "selections": [{"folder": "usr/share/sounds", "role": "speech", "voice": "anna"}]}]}
            """
        try Data(recipe.utf8).write(to: folder.appending(path: "tiny.json"))
        let documents = folder.appending(path: "tree/usr/share/doc/tiny-sounds")
        try FileManager.default.createDirectory(at: documents, withIntermediateDirectories: true)
        try Data("nobody\n".utf8).write(to: documents.appending(path: "copyright"))
        let control = folder.appending(path: "tree/DEBIAN")
        try FileManager.default.createDirectory(at: control, withIntermediateDirectories: true)
        let text =
            "Package: tiny-sounds\nVersion: 1\nArchitecture: all\nMaintainer: N <n@example.org>\nDescription: t\n"
        try Data(text.utf8).write(to: control.appending(path: "control"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["dpkg-deb", "-Znone", "-b", "tree", "tiny-sounds_1_all.deb"]
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    private func run(_ arguments: String...) throws -> BuiltProgram.Outcome {
        try BuiltProgram.run(["data"] + arguments, in: folder)
    }

    @Test func prepareCheckAndStats() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let made = try run("prepare", "tiny.json", "--packages", ".", "--json", "--quiet")
        #expect(made.exitCode == 0 && made.error == "", "\(made)")
        let facts = try JSONDocument(made.output).value
        #expect(facts["groups"]?[0]?["files"]?.intValue == 3 && facts["was_complete"]?.boolValue == false)
        let again = try JSONDocument(try run("prepare", "tiny.json", "--packages", ".", "--json").output)
            .value
        #expect(again["was_complete"]?.boolValue == true && again["content_hash"] == facts["content_hash"])

        let good = try run("check", "tiny.json")
        #expect(good.exitCode == 0 && good.output.contains("3 files, 3.0 s: 0 errors, 0 warnings"), "\(good)")
        let stats = try run("stats", "datasets/prepared/tiny", "--picture", "levels.png")
        #expect(stats.exitCode == 0 && stats.output.contains("anna"), "\(stats)")
        #expect(try Data(contentsOf: folder.appending(path: "levels.png")).count > 200)

        let file = folder.appending(path: "datasets/prepared/tiny/train/speech/anna/1.wav")
        try FileManager.default.removeItem(at: file)
        let bad = try run("check", "tiny.json", "--json", "--quiet")
        let report = try JSONDocument(bad.output).value
        #expect(bad.exitCode == 1 && report["findings"]?[0]?["kind"]?.stringValue == "missing", "\(bad)")
    }

    @Test(
        arguments: [
            (["prepare", "nothing.json"], 3, "there is no such file"),
            (["prepare", "tiny.json", "--packages", "tree"], 1, "apt-get download tiny-sounds"),
            (["prepare", "tiny.json", "--packages", ".", "--into", "tree"], 2, "choose another folder"),
            (["check", "tiny.json"], 3, "workbench data prepare"),
            (["check", "nothing"], 3, "no such file or folder"),
            (["stats", "tree/DEBIAN"], 2, "no sound files"),
            (["prepare"], 2, "Missing expected argument"),
        ] as [([String], Int32, String)])
    func mistakesAreToldInOneLine(arguments: [String], exitCode: Int32, text: String) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let outcome = try BuiltProgram.run(["data"] + arguments, in: folder)
        #expect(outcome.exitCode == exitCode && outcome.error.contains(text), "\(outcome)")
        #expect(outcome.output == "")
        if arguments.count > 1 { #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome)") }
    }
}
