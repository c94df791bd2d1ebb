import Audio
import Foundation
import Hashing

/// Tells equal recordings under different names.
enum RecordingOverlap {
    typealias Entry = (recording: Recording, split: DataSplit)

    /// Refuses a recording that stands in two parts of a split, under whatever names.
    ///
    /// - Parameter recordings: each with its part. Only files of equal size are read.
    /// - Throws: `ExperimentError`.
    static func refuse(_ recordings: [Entry]) throws {
        if let (extra, kept) = find(recordings).first {
            throw ExperimentError.data(
                "\(extra.recording.path) (\(extra.split.rawValue)) and \(kept.recording.path) (\(kept.split.rawValue)) "
                    + "are the same recording; a test on what was trained with means nothing: remove one of them"
            )
        }
    }

    /// The recordings that stand in another part as well, the test's copy being the one to keep, then validation's.
    static func find(
        _ recordings: [Entry]
    ) -> [(extra: Entry, kept: Entry)] {
        let order: [DataSplit] = [.test, .validation, .train]
        let bySize = Dictionary(grouping: recordings) { size($0.recording.url) }
        return bySize.sorted { $0.key < $1.key }.flatMap { _, group -> [(extra: Entry, kept: Entry)] in
            guard Set(group.map(\.split)).count > 1 else { return [] }
            var kept: [String: Entry] = [:]
            var extra: [(extra: Entry, kept: Entry)] = []
            for part in order {
                for entry in group where entry.split == part {
                    let digest = digest(entry.recording)
                    if let other = kept[digest], other.split != part {
                        extra.append((entry, other))
                    } else {
                        kept[digest] = entry
                    }
                }
            }
            return extra
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
