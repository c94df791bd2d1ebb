import Audio
import Foundation
import Synchronization
import Tensor

/// The impulse responses of a folder, read once, each aligned to its direct sound.
final class ImpulseFolder: Sendable {
    private static let known = Mutex<[String: ImpulseFolder]>([:])

    /// The folder of this path, listed at the first call.
    static func shared(_ path: String) throws -> ImpulseFolder {
        if let folder = known.withLock({ $0[path] }) { return folder }
        let folder = try ImpulseFolder(path)
        return known.withLock { folders in
            let first = folders[path] ?? folder
            folders[path] = first
            return first
        }
    }

    private let files: [URL]
    private let cache = Mutex<[String: [Float]]>([:])

    private init(_ path: String) throws {
        let url = URL(fileURLWithPath: path)
        let names =
            (try? FileManager.default.subpathsOfDirectory(atPath: url.path))?
            .filter { !$0.split(separator: "/").contains { $0.hasPrefix(".") } }
            .filter { AudioFormat.writableExtensions.contains(($0 as NSString).pathExtension.lowercased()) }
            .sorted() ?? []
        guard !names.isEmpty else {
            throw ExperimentError.notFound(
                "augmentation room: \(path) has no impulse responses; expected a folder of sound files")
        }
        files = names.map { url.appending(path: $0) }
    }

    /// One of the responses at a rate; its loudest sample is the first and is 1.
    func draw(sampleRate: Int, _ stream: inout RandomStream) throws -> (name: String, samples: [Float]) {
        let file = stream.pick(files)
        let key = "\(sampleRate) \(file.path)"
        if let samples = cache.withLock({ $0[key] }) { return (file.lastPathComponent, samples) }
        let sound = try AudioFile.read(file)
        let response = Resampler(from: sound.sampleRate, to: sampleRate).resample(sound.mono)
        guard let start = response.indices.max(by: { abs(response[$0]) < abs(response[$1]) }),
            response[start] != 0
        else { throw ExperimentError.data("\(file.path): a silent impulse response") }
        let gain = 1 / response[start]
        let samples = response[start...].map { $0 * gain }
        cache.withLock { $0[key] = samples }
        return (file.lastPathComponent, samples)
    }
}
