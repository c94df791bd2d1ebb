import Audio
import Foundation
import Hashing
import Synchronization
import Tensor

/// Rooms made of recorded impulse responses.
///
/// Of each file the first channel counts, from its direct sound on, which is its largest sample: the clean target
/// stays aligned to the sample, whatever the distance was. The direct sound gets unit gain.
final class RecordedRoomPool: Sendable {
    private let sampleRate: Int
    private let log: IssueLog
    private let parts: [DataSplit: [SoundFile]]
    private let kept = Mutex<[URL: [Float]]>([:])

    /// Longer tails are cut, s.
    private static let longest = 2.0
    /// Responses that are kept in memory.
    private static let capacity = 512

    /// - Parameter every: of about this many responses one is for the test and one for validation.
    /// - Throws: `ExperimentError` if a folder is missing or empty.
    init(folders: [String], sampleRate: Int, every: Int, log: IssueLog) throws {
        (self.sampleRate, self.log) = (sampleRate, log)
        let files = try folders.flatMap {
            try SoundFile.list(URL(fileURLWithPath: $0), use: "room impulse responses")
        }
        var rule = SplitRule()
        rule.every = every
        let splits = try rule.assign(
            files.map { SplitRule.Item(name: $0.url.path, shortName: $0.name, voice: "", fixed: nil) },
            list: nil, named: false, fills: files.count >= 6)
        parts = Dictionary(grouping: zip(files, splits), by: \.1).mapValues { $0.map(\.0) }
    }

    /// Changes when the responses do; empty without any.
    var hash: String {
        let files = DataSplit.allCases.flatMap { parts[$0] ?? [] }
        guard !files.isEmpty else { return "" }
        var digest = SHA256()
        for file in files {
            let size = (try? file.url.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
            digest.update("\(file.name) \(size);".utf8)
        }
        return digest.finish()
    }

    /// A drawn response; nil if the part has none.
    ///
    /// - Throws: `ExperimentError` by the policy.
    func response(part: DataSplit, stream: RandomStream) throws -> [Float]? {
        guard let files = parts[part], !files.isEmpty else { return nil }
        var stream = stream
        for _ in 0..<16 {
            let file = stream.pick(files)
            do {
                return try response(file)
            } catch {
                try log.report(error)
            }
        }
        return nil
    }

    private func response(_ file: SoundFile) throws(DataIssue) -> [Float] {
        if let known = kept.withLock({ $0[file.url] }) { return known }
        let made = try read(file)
        kept.withLock { kept in
            if kept.count >= Self.capacity { kept.removeAll(keepingCapacity: true) }
            kept[file.url] = made
        }
        return made
    }

    private func read(_ file: SoundFile) throws(DataIssue) -> [Float] {
        var samples: [Float]
        do {
            let reader = try AudioFileReader(file.url)
            let frames = min(reader.frameCount, Int(2 * Self.longest * Double(reader.sampleRate)))
            samples = try reader.read(frames: frames)[0]
            if reader.sampleRate != sampleRate {
                samples = Resampler(from: reader.sampleRate, to: sampleRate).resample(samples)
            }
        } catch {
            throw DataIssue(path: file.url.relativePath, error: error)
        }
        var direct = 0
        for place in samples.indices where abs(samples[place]) > abs(samples[direct]) { direct = place }
        guard abs(samples[direct]) > RecordingStore.silence else {
            throw DataIssue(
                path: file.url.relativePath,
                problem: "silent (below -80 dB); expected an impulse response of a room")
        }
        let end = min(samples.count, direct + Int(Self.longest * Double(sampleRate)))
        let gain = 1 / samples[direct]
        return samples[direct..<end].map { $0 * gain }
    }
}
