import Audio
import Foundation
import StrictJSON
import Tensor

/// The reference data: `signal.json`, `signal.safetensors` and the sound files beside them.
final class SignalReference {
    /// Tests/Fixtures/signal, or what the environment's `WORKBENCH_SIGNAL_FIXTURES` names.
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["WORKBENCH_SIGNAL_FIXTURES"], !path.isEmpty {
            return URL(filePath: path, directoryHint: .isDirectory)
        }
        return URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/signal")
    }()

    let entries: [SignalEntry]
    /// The note lists (`truth` of the file).
    let truth: JSONValue
    private let arrays: SafetensorsFile
    private var sounds: [String: Waveform] = [:]

    init() throws {
        let file = Self.folder.appending(path: "signal.json")
        let document = try JSONValue(parsing: [UInt8](Data(contentsOf: file)))
        entries = try require(document["entries"]?.arrayValue, "no entries in \(file.path)").map(
            SignalEntry.init)
        truth = document["truth"] ?? .null
        arrays = try SafetensorsFile(contentsOf: Self.folder.appending(path: "signal.safetensors").path)
    }

    /// A sound file, decoded once. `path` is relative to the folder: "audio/speech_a.wav".
    func sound(_ path: String) throws -> Waveform {
        if let known = sounds[path] { return known }
        let sound = try AudioFile.read(Self.folder.appending(path: path))
        sounds[path] = sound
        return sound
    }

    /// An array of the safetensors file at full precision, row-major.
    func tensor(_ name: String) throws -> [Double] {
        let entry = try require(arrays[name], "no tensor \(name)")
        let bytes = try arrays.bytes(name)
        return try bytes.withUnsafeBytes { bytes in
            switch entry.elementType {
            case .float64:
                (0..<entry.count).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
            case .float32:
                (0..<entry.count).map { Double(bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)) }
            case .uint8:
                bytes.map(Double.init)
            default:
                throw BrokenReference("tensor \(name) holds \(entry.elementType)")
            }
        }
    }
}
