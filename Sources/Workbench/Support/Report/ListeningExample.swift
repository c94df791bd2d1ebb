import Audio
import Comparison
import Foundation
import Tracking

/// One file of the test set to listen to: input, what each side made of it, and the target.
struct ListeningExample {
    struct Track {
        /// "input", "a run12", "target".
        var label: String
        var content: Data
        var mime: String
        var waveform: Waveform
    }

    var file: String
    var condition: String
    var tracks: [Track]
    /// Scores by metric: the first side's, then the others'.
    var scores: [(metric: String, values: [Double?])]

    /// The spectrograms of all tracks on one scale of colour and time.
    func picture() -> Data {
        PNGFile.encode(
            Self.spectrograms.draw(
                tracks.map { .init($0.label, $0.waveform.mono) },
                sampleRate: tracks.map(\.waveform.sampleRate).max() ?? 1))
    }

    static let spectrograms = SpectrogramPicture(panelWidth: 760, panelHeight: 110)
}

/// Finds what can be listened to.
struct ListeningExamples {
    private(set) var examples: [ListeningExample] = []
    /// Why something is missing.
    private(set) var notes: [String] = []

    /// What a run keeps of one file.
    private struct Kept {
        var degraded: Artifact?
        var enhanced: Artifact?
        var target: Artifact?
    }

    /// - Parameter count: how many to take, the greatest regressions first.
    init(_ comparison: RunComparison, _ found: [Run], count: Int, in workspace: Workspace) throws {
        guard count > 0 else { return }
        // A group is heard by its first run.
        let runs = comparison.sides.map { $0.runs[0] }
        let kept = try runs.map { Self.kept(try workspace.artifacts(of: found[$0].id)) }
        let shared = kept[0].keys.filter { file in
            kept.allSatisfy { $0[file]?.enhanced != nil && $0[file]?.degraded != nil }
        }
        if shared.isEmpty {
            notes.append("the runs keep no audio of the same file")
            return
        }
        let scores = Self.scores(comparison, runs)
        for file in Self.ordered(shared, scores, comparison) where examples.count < count {
            let inputs = Set(kept.compactMap { $0[file]?.degraded?.sha256 })
            guard inputs.count == 1 else {
                notes.append("\(file): the runs heard different inputs")
                continue
            }
            guard let tracks = Self.tracks(file, kept, comparison) else {
                notes.append("\(file): its audio is gone or cannot be read")
                continue
            }
            let first = comparison.runs[runs[0]].scores.first { $0.file == file }
            examples.append(
                ListeningExample(
                    file: file, condition: first?.condition ?? "", tracks: tracks,
                    scores: scores.map { metric, values in (metric, values.map { $0[file] }) }))
        }
    }

    private static func kept(_ artifacts: [Artifact]) -> [String: Kept] {
        var kept: [String: Kept] = [:]
        for artifact in artifacts where artifact.kind == "audio" {
            // A track is named after its file and its role.
            let ending = "_\(artifact.role)"
            let name = (artifact.name as NSString).deletingPathExtension
            let file = artifact.file ?? (name.hasSuffix(ending) ? String(name.dropLast(ending.count)) : name)
            switch artifact.role {
            case "degraded": kept[file, default: Kept()].degraded = artifact
            case "enhanced": kept[file, default: Kept()].enhanced = artifact
            case "target": kept[file, default: Kept()].target = artifact
            default: break
            }
        }
        return kept
    }

    private static func tracks(
        _ file: String, _ kept: [[String: Kept]], _ comparison: RunComparison
    ) -> [ListeningExample.Track]? {
        var parts: [(label: String, artifact: Artifact?)] = [("input", kept[0][file]?.degraded)]
        for (side, kept) in zip(comparison.sides, kept) {
            let run = comparison.runs[side.runs[0]]
            parts.append(("\(side.label) \(run.address)", kept[file]?.enhanced))
        }
        if let target = kept[0][file]?.target { parts.append(("target", target)) }
        var tracks: [ListeningExample.Track] = []
        for (label, artifact) in parts {
            guard let artifact, let content = try? Data(contentsOf: artifact.url),
                let waveform = try? AudioFile.read(artifact.url)
            else { return nil }
            tracks.append(.init(label: label, content: content, mime: artifact.mime, waveform: waveform))
        }
        return tracks
    }

    /// The scores of the main checkpoint, by metric and side.
    private static func scores(
        _ comparison: RunComparison, _ runs: [Int]
    ) -> [(metric: String, values: [[String: Double]])] {
        var metrics: [String] = []
        for row in comparison.files where !metrics.contains(row.metric) { metrics.append(row.metric) }
        return metrics.map { metric in
            (
                metric,
                runs.map { run in
                    var values: [String: Double] = [:]
                    for score in comparison.runs[run].scores
                    where score.metric == metric && score.checkpoint == comparison.checkpoint {
                        values[score.file] = score.value
                    }
                    return values
                }
            )
        }
    }

    /// The greatest regression of the last side first, by the first metric that has a better way.
    private static func ordered(
        _ files: [String], _ scores: [(metric: String, values: [[String: Double]])],
        _ comparison: RunComparison
    ) -> [String] {
        let sorted = files.sorted()
        let rows = comparison.files.filter { $0.goal != .none }
        guard let row = rows.first(where: { $0.metric == "pesq" }) ?? rows.first,
            let values = scores.first(where: { $0.metric == row.metric })?.values, let last = values.last
        else { return sorted }
        func loss(_ file: String) -> Double {
            guard let first = values[0][file], let second = last[file] else { return -.infinity }
            return row.goal == .max ? first - second : second - first
        }
        return sorted.sorted { loss($0) > loss($1) }
    }
}
