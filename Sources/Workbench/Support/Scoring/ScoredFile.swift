import Audio
import Foundation
import Metrics

/// The scores of one pair of files.
struct ScoredFile: Sendable {
    var name: String
    var scores: [MetricScore]
    /// In hertz, of both signals as they were compared.
    var sampleRate: Int
    /// What was changed before comparing, for people; empty for nothing.
    var notes: [String] = []
    /// The file that could not be read, and why.
    var failure: String?

    /// Reads both files and scores them. Files of different rates meet at the lower one.
    static func score(_ pair: ScoringPairs.Pair, _ metrics: [any ObjectiveMetric]) -> ScoredFile {
        var reference: Waveform
        var estimate: Waveform
        do {
            reference = try read(pair.reference)
            estimate = try read(pair.estimate)
        } catch {
            return unreadable(pair.name, "\(error)", metrics, isDefect: !isUndefinedSound(error))
        }
        let rate = min(reference.sampleRate, estimate.sampleRate)
        var notes: [String] = []
        if reference.sampleRate != estimate.sampleRate {
            notes.append(
                "rates differ (reference \(reference.sampleRate), estimate \(estimate.sampleRate) Hz): both at \(rate) Hz"
            )
            reference = Resampler(from: reference.sampleRate, to: rate).resample(reference)
            estimate = Resampler(from: estimate.sampleRate, to: rate).resample(estimate)
            // The last sample of a resampled signal may be missing in the other.
            if abs(reference.frameCount - estimate.frameCount) == 1 {
                let length = min(reference.frameCount, estimate.frameCount)
                reference = cut(reference, to: length)
                estimate = cut(estimate, to: length)
            }
        }
        let scores = ObjectiveMetrics.score(metrics, reference: reference, estimate: estimate)
        let converted = Dictionary(grouping: scores.filter { $0.sampleRate != rate }, by: \.sampleRate)
        for (target, scores) in converted.sorted(by: { $0.key > $1.key }) {
            let names = scores.map(\.metric.name).joined(separator: ", ")
            notes.append("resampled from \(rate) to \(target) Hz for \(names)")
        }
        if reference.channelCount > 1 { notes.append("mean of \(reference.channelCount) channels") }
        return ScoredFile(name: pair.name, scores: scores, sampleRate: rate, notes: notes)
    }

    /// G.722 has no header that the library could know it by.
    static func read(_ url: URL) throws -> Waveform {
        try url.pathExtension.lowercased() == "g722" ? G722Decoder.read(url) : AudioFile.read(url)
    }

    private static func cut(_ waveform: Waveform, to length: Int) -> Waveform {
        Waveform(sampleRate: waveform.sampleRate, channels: waveform.channels.map { Array($0[0..<length]) })
    }

    /// Whether a file is sound, but of a kind that no measure is defined on.
    private static func isUndefinedSound(_ error: any Error) -> Bool {
        switch error as? AudioFileError {
        case .notFinite, .empty: true
        default: false
        }
    }

    private static func unreadable(
        _ name: String, _ reason: String, _ metrics: [any ObjectiveMetric], isDefect: Bool
    ) -> ScoredFile {
        ScoredFile(
            name: name,
            scores: metrics.map {
                MetricScore(metric: $0.description, result: .undefined(reason: reason), sampleRate: 0)
            }, sampleRate: 0, failure: isDefect ? reason : nil)
    }
}
