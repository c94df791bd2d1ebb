import Audio
import Foundation
import Metrics
import StrictJSON
import Tracking

/// Scores models on a test list and stores scores, audio and pictures with a run.
public enum RunEvaluation {
    /// - Parameters:
    ///   - dataset: the name under which scores are stored.
    ///   - examples: items, of as many classes as possible, whose audio and spectrograms are kept.
    public static func execute(
        _ evaluation: TestEvaluation, recorder: RunRecorder?, dataset: String, examples: Int,
        reporter: any RunReporter, shouldStop: () -> Bool
    ) throws -> [TestScore] {
        // What an attempt has stored that was stopped on the way.
        for (kind, kept) in [("audio", []), ("image", []), ("data", ["split"])] {
            try recorder?.removeArtifacts(kind: kind, except: kept)
        }
        let items = evaluation.dataset.items(.test)
        let kept = Set(exampleItems(items, count: examples))
        reporter.begin("test", total: items.count, unit: "files")
        var conditions: JSONObject = [:]
        let scores = try evaluation.run(
            onExample: { example in
                if let record = example.pair.record { conditions[example.item.name] = record.json }
                if let recorder, kept.contains(example.item) {
                    try keep(example, recorder: recorder, sampleRate: evaluation.frontEnd.config.sampleRate)
                }
            }, progress: { reporter.update($0, tail: nil) }, shouldStop: shouldStop)
        reporter.end()
        if let recorder {
            try keep(conditions, recorder: recorder)
            for subject in evaluation.subjects {
                let own = scores.filter { $0.subject == subject }.flatMap(\.fileScores)
                try recorder.addFileScores(checkpoint: subject.key, dataset: dataset, own)
            }
        }
        return scores
    }

    /// What was drawn for each test item, so that results can be looked at by SNR, room or codec.
    private static func keep(_ conditions: JSONObject, recorder: RunRecorder) throws {
        if conditions.isEmpty { return }
        let file = "test_conditions.json"
        try Data((JSONValue.object(conditions).canonicalText + "\n").utf8).write(
            to: recorder.directory.appending(path: file), options: .atomic)
        try recorder.addArtifact(
            .runFile(file), kind: "data", role: "conditions", name: file, mime: "application/json")
    }

    /// The first items, going round the classes.
    static func exampleItems(_ items: [EvaluationItem], count: Int) -> [EvaluationItem] {
        let byClass = Dictionary(grouping: items, by: \.category).sorted { $0.key < $1.key }.map(\.value)
        let longest = byClass.map(\.count).max() ?? 0
        let rounds = (0..<longest).flatMap { round in
            byClass.compactMap { $0.indices.contains(round) ? $0[round] : nil }
        }
        return Array(rounds.prefix(count))
    }

    private static func keep(
        _ example: TestEvaluation.Example, recorder: RunRecorder, sampleRate: Int
    ) throws {
        let name = example.item.name
        func result(_ subject: TestSubject) -> [Float]? {
            example.results.first { $0.subject == subject }?.samples
        }
        var tracks: [(role: String, samples: [Float])] = [("degraded", example.pair.degraded)]
        if let samples = result(.model(.last, .stage1)) { tracks.append(("stage1", samples)) }
        if let samples = result(.model(.last, .final)) { tracks.append(("enhanced", samples)) }
        tracks.append(("target", example.pair.clean))

        let folder = recorder.directory.appending(path: "audio")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (role, samples) in tracks {
            let file = "\(name)_\(role).wav"
            try AudioFile.write(
                Waveform(sampleRate: sampleRate, mono: samples), to: folder.appending(path: file))
            try recorder.addArtifact(
                .runFile("audio/" + file), kind: "audio", role: role, name: file, mime: "audio/wav")
        }
        let picture = "\(name).png"
        try SpectrogramPicture().write(
            tracks.map { .init($0.role, $0.samples) }, sampleRate: sampleRate,
            to: folder.appending(path: picture))
        try recorder.addArtifact(
            .runFile("audio/" + picture), kind: "image", role: "spectrogram", name: picture, mime: "image/png"
        )
    }
}

extension TestScore {
    /// The scores as a run stores them.
    public var fileScores: [FileScore] {
        results.map { metric, result in
            let stored: FileScore.Result =
                switch result {
                case .value(let value): .value(value)
                case .undefined(let reason): .undefined(reason: reason)
                }
            return FileScore(
                file: item.name, condition: item.category, speaker: item.speaker, seconds: seconds,
                sha256: sha256,
                metric: metric.name,
                metricVersion: metric.version, result: stored)
        }
    }
}
