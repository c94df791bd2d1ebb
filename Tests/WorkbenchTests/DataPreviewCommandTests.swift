import Audio
import Foundation
import StrictJSON
import Testing

/// `workbench data preview`, run as people run it.
@Suite struct DataPreviewCommandTests {
    private let folder: URL
    private static let experiment = """
        {"name": "small", "audio": {"sample_rate": 8000, "fft_size": 128, "hop_length": 64, "mel_bands": 16},
         "model": {"stage1": {"base_channels": 4, "depth": 2}, "stage2": null},
         "dataset": {"kind": "synthetic", "validation_items": 4, "test_items": 4, "evaluation_seconds": 1,
                     "simulation": {"room_share": 1}},
         "augmentation": [{"kind": "gain", "decibels": [-6, -6]}, {"kind": "spectral_mask", "probability": 1}]}
        """

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(
            path: "workbench-preview-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(Self.experiment.utf8).write(to: folder.appending(path: "small.json"))
    }

    private func preview(_ arguments: String...) throws -> BuiltProgram.Outcome {
        try BuiltProgram.run(["data", "preview", "small.json", "--quiet"] + arguments, in: folder)
    }

    @Test func examplesComeWithSoundPictureAndDraws() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let outcome = try preview("--count", "2", "--seconds", "0.5", "--json")
        #expect(outcome.exitCode == 0, "\(outcome)")
        let example = try #require(try JSONDocument(outcome.output).value["examples"]?[1])
        #expect(example["augmentation"]?["gain"]?["decibels"]?.doubleValue == -6)
        #expect(example["augmentation"]?["spectral_mask"]?["bands_hz"]?[0]?.arrayValue?.count == 2)
        let drawn = try #require(example["degradation"])
        #expect(drawn["class"]?.stringValue == "S" && drawn["t60"]?.doubleValue != nil)
        #expect(drawn["room_size"]?.arrayValue?.count == 3 && drawn["low_cut"]?.doubleValue != nil)
        let files = example["files"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(files.count == 5, "\(files)")
        for file in files {
            let place = folder.appending(path: "preview/\(file)")
            if file.hasSuffix(".wav") {
                #expect(try AudioFile.read(place).frameCount == 4000)
            } else {
                #expect(try Data(contentsOf: place).starts(with: [0x89, 0x50, 0x4e, 0x47]))
            }
        }
        let stored = try JSONDocument(contentsOf: folder.appending(path: "preview/examples.json").path).value
        #expect(stored["examples"]?[1] == example)
        // Nothing is written over without being asked to.
        let again = try preview("--count", "1", "--seconds", "0.5")
        #expect(again.exitCode == 2 && again.error.contains("--overwrite"), "\(again)")
    }

    @Test func frozenItemsAreNotAugmented() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let outcome = try preview("--part", "test", "--count", "2", "-o", "items", "--json")
        #expect(outcome.exitCode == 0, "\(outcome)")
        let example = try #require(try JSONDocument(outcome.output).value["examples"]?[0])
        #expect(example["augmentation"] == nil && example["class"]?.stringValue == "S")
        #expect(example["files"]?.arrayValue?.count == 3)
    }

    @Test func mistakesAreTold() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let kind = try preview("--set", #"augmentation=[{"kind":"pich_shift"}]"#)
        #expect(kind.exitCode == 2 && kind.error.contains("did you mean \"pitch_shift\""), "\(kind)")
        let range = try preview("--set", #"augmentation=[{"kind":"noise","snr":[30,200]}]"#)
        #expect(range.exitCode == 2 && range.error.contains("out of range"), "\(range)")
        let count = try preview("--count", "0")
        #expect(count.exitCode == 2 && count.error.contains("1 to 10000"), "\(count)")
        #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "preview").path))
    }
}
