import Audio
import Foundation
import StrictJSON
import Tensor

@testable import Datasets

/// Something of ours that reads bytes which others have written.
struct ReaderUnderFuzz: Sendable {
    let name: String
    /// Which share of all inputs it gets.
    let share: Double
    /// Sound inputs; what is read is one of these with some damage.
    let seeds: [[UInt8]]
    var tokens: [[UInt8]] = []
    /// Reads all that there is to read; what comes back has to fit the input.
    let read: @Sendable (_ bytes: [UInt8], _ folder: URL, _ random: inout RandomStream) throws -> Void

    /// What the reader gave although it could not be so.
    struct Nonsense: Error { let description: String }

    static let all: [Self] = [
        npy, safetensors, json, manifests, journal, zip, cat, deflate, g722, soundFiles,
    ]

    private static func text(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    private static let jsonTokens = text(
        "{", "}", "[", "]", ",", ":", "\"", "\\u", "\\ud800", "1e999", "-", "null", "9223372036854775808",
        "[[[[[[[[",
        "\u{0}", "é")

    static let npy = Self(
        name: "npy", share: 0.12,
        seeds: [
            NumpyArray(shape: [2, 3], values: [1, 2, 3, 4, 5, 6]).serialised,
            NumpyArray(shape: [0, 7], values: []).serialised, NumpyArray(shape: [], values: [1]).serialised,
        ],
        tokens: text("(", ")", ",", "'", "True", "'<f8'", "'|b1'", "99999999999999999999", "0,", "{", "}"),
        read: { bytes, _, _ in
            let array = try NumpyArray(bytes: bytes, name: "a.npy")
            guard array.values.count <= bytes.count else { throw Nonsense(description: "\(array.shape)") }
        })

    static let safetensors = Self(
        name: "safetensors", share: 0.1,
        seeds: [
            SafetensorsFile.serialised(
                [
                    .init(name: "a", shape: [2, 3], values: [1, 2, 3, 4, 5, 6]),
                    .init(name: "b", shape: [], values: [7]), .init(name: "c", shape: [0], values: []),
                ], metadata: ["step": "12"])
        ], tokens: jsonTokens,
        read: { bytes, _, _ in
            let file = try SafetensorsFile(bytes: bytes, name: "a")
            for entry in file.entries where try file.floats(entry.name).count != entry.count {
                throw Nonsense(description: entry.name)
            }
        })

    static let json = Self(
        name: "JSON", share: 0.1,
        seeds: text(
            #"{"name": "a\u00e9\ud83c\udfb5b", "rate": 48000, "seed": null, "path": "/x", "shares": {"a": 0.5}}"#,
            "[[[[[[-0.0, 1E+2, 9223372036854775807]]]]], true, false, \"\\n\\\\\"]"),
        tokens: jsonTokens,
        read: { bytes, _, _ in
            let value = try JSONValue(parsing: bytes)
            guard try JSONValue(parsing: value.canonicalText) == value else {
                throw Nonsense(description: value.canonicalText)
            }
        })

    /// Recipes, pipelines and what preparations leave behind: files that people edit.
    static let manifests = Self(
        name: "manifests", share: 0.1,
        seeds: text(
            """
            {"name": "tiny", "sample_rate": 16000, "packages": [{"name": "sounds", "licences": [{"name": "CC0", "holder":
             "nobody"}], "selections": [{"folder": "usr/share/sounds", "role": "speech", "voice": "anna"}]}]}
            """, PipelineConfig().json.compactText, example.json.compactText),
        tokens: jsonTokens,
        read: { bytes, _, _ in
            let document = try JSONDocument(String(decoding: bytes, as: UTF8.self))
            let results: [Result<JSONValue, any Error>] = [
                Result { try document.decode(Recipe.self).json },
                Result { try document.decode(PipelineConfig.self).json },
                Result { try document.decode(PipelineManifest.self).json },
            ]
            for case .failure(let error) in results { try FuzzTests.checkText(error) }
        })

    private static var example: PipelineManifest {
        var manifest = PipelineManifest()
        var item = PipelineItem()
        (item.source, item.sourceHash, item.path) = ("a.wav", "0123", "audio/a.wav")
        item.steps = [PipelineStep(), PipelineStep()]
        item.features = [PipelineFeature()]
        manifest.items = [item]
        return manifest
    }

    static let journal = Self(
        name: "journal", share: 0.03,
        seeds: text(
            "identity\n{\"source\": \"p\", \"original\": \"a.wav\", \"items\": []}\n{\"source\": \"p\"}\n"),
        tokens: jsonTokens + text("\n", "\r\n"),
        read: { bytes, folder, _ in
            try Data(bytes).write(to: folder.appending(path: ".journal"))
            _ = try Journal(in: folder, identity: "identity")
        })

    private static func archive(_ archive: some Archive) throws {
        for name in archive.names {
            do { _ = try archive.content(of: name) } catch { try FuzzTests.checkText(error) }
        }
    }

    static let zip = Self(
        name: "zip", share: 0.15,
        seeds: [
            Samples.zip([
                ("folder/stored.txt", Array("some content".utf8), false),
                ("deflated.txt", Array("other content, other content".utf8), true),
            ]), Samples.zip([]),
        ], tokens: [[0x50, 0x4b, 1, 2], [0x50, 0x4b, 3, 4], [0x50, 0x4b, 5, 6], [8, 0]],
        read: { bytes, _, _ in try archive(try ZipArchive(Data(bytes), path: "a.zip")) })

    static let cat = Self(
        name: "cat", share: 0.1, seeds: [Samples.cat([wav(8), wav(3)]), Samples.cat([wav(1)])],
        tokens: text("RIFF", "WAVE"),
        read: { bytes, _, _ in try archive(try CatArchive(Data(bytes), path: "a.cat")) })

    static let deflate = Self(
        name: "deflate", share: 0.1,
        seeds: [
            [1, 2, 0, 253, 255, 65, 66],
            // abcabcabcabc with fixed codes, and 300 letters with codes of their own, both by zlib.
            [75, 76, 74, 78, 132, 33, 0],
            [
                77, 79, 139, 21, 196, 32, 12, 154, 149, 79, 186, 255, 8, 37, 232, 221, 171, 26, 141, 17,
                129, 64, 4, 64, 1, 66, 50, 194, 206, 158, 248, 12, 145, 120, 130, 96, 234, 129, 83, 133,
                182, 192, 62, 47, 136, 179, 199, 40, 84, 52, 203, 33, 229, 182, 144, 131, 184, 240, 253,
                31, 134, 163, 219, 245, 59, 58, 124, 220, 164, 176, 240, 89, 189, 206, 164, 145, 116, 5,
                161, 136, 105, 14, 219, 13, 185, 242, 251, 187, 46, 103, 171, 14, 137, 106, 209, 58, 168,
                245, 126, 211, 237, 242, 223, 202, 115, 184, 140, 241, 101, 45, 1, 60, 211, 222, 226, 133,
                47,
            ],
        ],
        read: { bytes, _, random in
            let length = random.pick([0, 2, 12, 300, 301, 1 << 20, 1 << 30])
            guard try Deflate.inflate(bytes, length: length).count == length else {
                throw Nonsense(description: "not \(length) bytes")
            }
        })

    static let g722 = Self(
        name: "G.722", share: 0.05,
        seeds: [
            (0..<256).map { UInt8($0) }, [UInt8](repeating: 0xff, count: 400),
            (0..<200).map { UInt8($0 * 37 & 255) },
        ],
        read: { bytes, _, _ in
            var decoder = G722Decoder()
            guard decoder.decode(bytes).count == 2 * bytes.count else {
                throw Nonsense(description: "length")
            }
        })

    /// A mono WAV file of 16 bits.
    private static func wav(_ samples: Int) -> [UInt8] {
        func number(_ value: Int, _ width: Int) -> [UInt8] {
            (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        return Array("RIFF".utf8) + number(36 + 2 * samples, 4) + Array("WAVEfmt ".utf8) + number(16, 4)
            + number(1, 2) + number(1, 2) + number(16000, 4) + number(32000, 4) + number(2, 2) + number(16, 2)
            + Array("data".utf8) + number(2 * samples, 4) + (0..<2 * samples).map { UInt8($0 & 63) }
    }

    /// The library's readers with our checks before and behind them.
    static let soundFiles = Self(
        name: "sound files", share: 0.15, seeds: [wav(40)] + written,
        tokens: text("RIFF", "fmt ", "data", "LIST", "FORM", "SSND", "COMM", "OggS", "fLaC", "ds64"),
        read: { bytes, folder, _ in
            let file = folder.appending(path: "sound")
            try Data(bytes).write(to: file)
            let sound = try AudioFile.read(file)
            guard sound.channels.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
                throw Nonsense(description: "NaN")
            }
        })

    /// One short sound in every container that can be written.
    private static let written: [[UInt8]] = {
        let folder = FileManager.default.temporaryDirectory.appending(path: "aural-fuzz-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        return ["aiff", "au", "caf", "w64", "rf64", "flac", "ogg", "mp3"].compactMap { ending in
            let file = folder.appending(path: "a.\(ending)")
            do {
                try Samples.write(Samples.tone(seconds: 0.05), to: file)
                return Array(try Data(contentsOf: file))
            } catch { return nil }
        }
    }()
}
