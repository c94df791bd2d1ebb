import Audio
import Foundation
import Testing

/// Reads the reference data beside the tests.
enum Fixtures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures")

    static func audio(_ name: String) throws -> Waveform {
        try AudioFile.read(folder.appending(path: "signal/audio/\(name)"))
    }

    /// One entry of `spectra.json`.
    struct Entry: Decodable {
        struct Input: Decodable {
            let file: String?
            let start: Int?
            let frames: Int?
        }
        struct Parameters: Decodable {
            let window: String?
            let length: Int?
            let nFft: Int?
            let hopLength: Int?
            let winLength: Int?
            let center: Bool?
            let padMode: String?
            let sr: Int?
            let nMels: Int?
            let fmin: Double?
            let fmax: Double?
            let htk: Bool?
            let norm: String?
            let fromRate: Int?
            let toRate: Int?
            let components: [[Double]]?
        }
        struct Scalars: Decodable {
            let passbandHz: Double?
            let aliasToneHz: Double?
        }
        struct Tolerance: Decodable {
            let abs: Double?
            let rel: Double?
        }
        let id: String
        let params: Parameters
        let input: Input
        let scalars: Scalars?
        let tolerance: Tolerance
        let tensor: String?
        let shape: [Int]?
        let frames: [Int]?

        /// The samples the entry is about.
        func samples() throws -> [Float] {
            let file = try #require(input.file)
            let start = try #require(input.start)
            let frames = try #require(input.frames)
            return Array(try Fixtures.audio(String(file.dropFirst(6))).channels[0][start..<start + frames])
        }
    }

    static func entries(_ prefix: String) throws -> [Entry] {
        struct Contents: Decodable { let entries: [Entry] }
        let data = try Data(contentsOf: folder.appending(path: "signal/spectra.json"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Contents.self, from: data).entries.filter { $0.id.hasPrefix(prefix) }
    }

    /// An array of `spectra.safetensors`.
    static func tensor(_ name: String) throws -> [Double] {
        struct Header: Decodable {
            let dtype: String
            let range: [Int]
            enum CodingKeys: String, CodingKey {
                case dtype
                case range = "data_offsets"
            }
        }
        let data = try Data(contentsOf: folder.appending(path: "signal/spectra.safetensors"))
        let length = data.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        let headers = try JSONDecoder().decode([String: Header].self, from: data[8..<8 + length])
        let header = try #require(headers[name])
        let bytes = data[(8 + length + header.range[0])..<(8 + length + header.range[1])]
        return bytes.withUnsafeBytes { raw in
            header.dtype == "F32"
                ? stride(from: 0, to: raw.count, by: 4).map {
                    Double(raw.loadUnaligned(fromByteOffset: $0, as: Float.self))
                }
                : stride(from: 0, to: raw.count, by: 8).map {
                    raw.loadUnaligned(fromByteOffset: $0, as: Double.self)
                }
        }
    }
}

/// Compares every element, |value - reference| <= absolute + relative |reference|, and reports the worst.
func expectClose(
    _ values: [Double], _ reference: [Double], absolute: Double, relative: Double = 0, _ label: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard values.count == reference.count else {
        Issue.record(
            "\(label): \(values.count) values, expected \(reference.count)", sourceLocation: sourceLocation)
        return
    }
    var worst = -1.0
    var index = 0
    for i in values.indices {
        let excess = abs(values[i] - reference[i]) / (absolute + relative * abs(reference[i]))
        if !(excess <= worst) { (worst, index) = (excess, i) }
    }
    if !(worst <= 1), !values.isEmpty {
        Issue.record(
            "\(label): element \(index) is \(values[index]), expected \(reference[index])",
            sourceLocation: sourceLocation)
    }
}

/// A folder of its own for one test, removed afterwards.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "aural-audio-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}
