import Audio
import Foundation
import StrictJSON
import Tensor

@testable import Experiments

/// A published dataset in miniature: recordings of half a second at 8 kHz, each with samples of its own.
final class Tree {
    static let sampleRate = 8000
    private let folder: Miniature.Folder

    init() throws { folder = try Miniature.Folder() }

    var path: String { folder.url.path }
    func url(_ path: String) -> URL { folder.url.appending(path: path) }

    /// A recording whose samples its key decides.
    static func sound(_ key: String, seconds: Double = 0.5) -> [Float] {
        Recordings.tone(key, count: Int(seconds * Double(sampleRate)), sampleRate: sampleRate)
    }

    /// What the key's clean recording becomes by some noise.
    static func noisy(_ key: String, seconds: Double = 0.5) -> [Float] {
        let clean = sound(key, seconds: seconds)
        return zip(clean, Recordings.noise(key, count: clean.count)).map { $0 + 0.2 * $1 }
    }

    func add(_ samples: [Float], _ path: String) throws {
        try Recordings.write(samples, folder.url, path, sampleRate: Self.sampleRate)
    }

    func add(text: String, _ path: String) throws {
        try FileManager.default.createDirectory(
            at: url(path).deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url(path))
    }

    func remove(_ path: String) throws { try FileManager.default.removeItem(at: url(path)) }

    func move(_ path: String, to other: String) throws {
        try FileManager.default.moveItem(at: url(path), to: url(other))
    }

    private func config(_ kind: String, _ changes: [String]) throws -> any DatasetConfig {
        var document = try JSONDocument(#"{"kind": "\#(kind)", "path": "\#(path)"}"#)
        for change in changes { try document.apply(Override(change)) }
        return try document.decode(Choice<DatasetRegistry>.self).item
    }

    func make(_ kind: String, _ changes: String...) throws -> any Dataset {
        try config(kind, changes).make(sampleRate: Self.sampleRate)
    }

    func open(_ kind: String, _ changes: String...) throws -> any ExampleSource {
        try config(kind, changes).open(sampleRate: Self.sampleRate)
    }

    /// The error of opening the tree; empty if it opens. It has to be one line.
    func refusal(_ kind: String, _ changes: String...) -> String {
        do {
            _ = try config(kind, changes).open(sampleRate: Self.sampleRate)
            return ""
        } catch {
            let text = "\(error)"
            return text.contains("\n") ? "several lines: \(text)" : text
        }
    }
}

extension ExampleSource {
    /// The names of a part's recordings.
    func names(_ split: DataSplit) -> [String] { splitList?.names(split) ?? [] }
}

extension Sequence<Float> {
    /// Whether these are the samples, up to what 16 bits round away.
    func isStored(_ samples: [Float]) -> Bool {
        let own = Array(self)
        return own.count == samples.count && zip(own, samples).allSatisfy { abs($0 - $1) < 1e-4 }
    }
}
