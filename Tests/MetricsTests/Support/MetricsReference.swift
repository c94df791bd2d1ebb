import Audio
import Foundation
import StrictJSON
import Tensor

/// The reference values `metrics.json` with the sounds and arrays beside it.
final class MetricsReference {
    /// Tests/Fixtures/signal, or what the environment's `WORKBENCH_SIGNAL_FIXTURES` names.
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["WORKBENCH_SIGNAL_FIXTURES"], !path.isEmpty {
            return URL(filePath: path, directoryHint: .isDirectory)
        }
        return URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/signal")
    }()

    let document: JSONValue
    private let arrays: SafetensorsFile
    private var sounds: [String: Waveform] = [:]

    init() throws {
        document = try JSONValue(
            parsing: [UInt8](Data(contentsOf: Self.folder.appending(path: "metrics.json"))))
        arrays = try SafetensorsFile(contentsOf: Self.folder.appending(path: "signal.safetensors").path)
    }

    /// A sound file, decoded once. `path` is relative to the folder: "audio/speech_a.wav".
    func sound(_ path: String?) throws -> Waveform {
        guard let path else { throw BrokenReference(description: "no file is named") }
        if let known = sounds[path] { return known }
        let sound = try AudioFile.read(Self.folder.appending(path: path))
        sounds[path] = sound
        return sound
    }

    /// An array of `signal.safetensors` at full precision.
    func array(_ name: String?) throws -> [Double] {
        guard let name, let entry = arrays[name] else {
            throw BrokenReference(description: "no array \(name ?? "")")
        }
        return try arrays.bytes(name).withUnsafeBytes { bytes in
            (0..<entry.count).map { index in
                entry.elementType == .float64
                    ? bytes.loadUnaligned(fromByteOffset: 8 * index, as: Double.self)
                    : Double(bytes.loadUnaligned(fromByteOffset: 4 * index, as: Float.self))
            }
        }
    }
}

struct BrokenReference: Error, CustomStringConvertible {
    let description: String
}

extension JSONValue {
    /// A number, or one of the strings that stand for numbers which JSON has not.
    var measure: Double? {
        switch stringValue {
        case "inf": .infinity
        case "-inf": -.infinity
        case "nan": .nan
        default: doubleValue
        }
    }

    /// The numbers of an array.
    var measures: [Double] { arrayValue?.compactMap(\.measure) ?? [] }
}
