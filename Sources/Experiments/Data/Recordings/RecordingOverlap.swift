import Audio
import Foundation
import Hashing

/// Tells equal recordings under different names.
enum RecordingOverlap {
    /// Refuses a recording that stands in two parts of a split, under whatever names.
    ///
    /// - Parameter recordings: each with its part. Only files of equal size are read.
    /// - Throws: `ExperimentError`.
    static func refuse(_ recordings: [(recording: Recording, split: DataPart)]) throws {
        let bySize = Dictionary(grouping: recordings) { size($0.recording.url) }
        for (_, group) in bySize.sorted(by: { $0.key < $1.key })
        where Set(group.map(\.split)).count > 1 {
            var seen: [String: (recording: Recording, split: DataPart)] = [:]
            for entry in group {
                let digest = digest(entry.recording)
                if let other = seen[digest], other.split != entry.split {
                    throw ExperimentError.data(
                        "\(entry.recording.path) (\(entry.split.rawValue)) and \(other.recording.path) "
                            + "(\(other.split.rawValue)) are the same recording; a test on what was trained with means "
                            + "nothing: remove one of them")
                }
                seen[digest] = entry
            }
        }
    }

    /// SHA-256 of a file; its path if it cannot be read, which is told elsewhere.
    static func digest(_ recording: Recording) -> String {
        recording.sha256 ?? (try? SHA256.hex(ofFile: recording.url)) ?? recording.url.path
    }

    /// Size and a digest of beginning, middle and end: cheap enough for every training file of a large folder.
    static func fingerprint(_ recording: Recording) -> String {
        if let digest = recording.sha256 { return digest }
        guard let handle = try? FileHandle(forReadingFrom: recording.url) else { return recording.url.path }
        defer { try? handle.close() }
        let size = size(recording.url)
        let piece = 1 << 14
        var digest = SHA256()
        for place in [0, max(0, size / 2 - piece / 2), max(0, size - piece)] {
            guard (try? handle.seek(toOffset: UInt64(place))) != nil,
                let data = try? handle.read(upToCount: piece)
            else { continue }
            digest.update(data)
        }
        return "\(size) \(digest.finish())"
    }

    private static func size(_ url: URL) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: url.resolvingSymlinksInPath().path)
        return attributes?[.size] as? Int ?? -1
    }
}
