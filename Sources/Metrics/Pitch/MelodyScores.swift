import Foundation

/// How well an estimated melody follows a reference, on one time grid.
///
///     voicing recall       voiced in both / voiced in the reference
///     voicing false alarm  voiced in the estimate only / unvoiced in the reference
///     raw pitch accuracy   within 50 cents / voiced in the reference, whatever the estimate says of voicing
///     raw chroma accuracy  the same, octaves ignored
///     overall accuracy     (voiced in both and within 50 cents + unvoiced in both) / all
///
/// Frequencies of 0 and below are unvoiced; a negative one still is an estimate of the pitch of its magnitude.
/// A share of nothing is undefined.
///
/// Source: Poliner et al., Melody transcription from music audio: approaches and evaluation, IEEE TASLP 15(4),
/// 2007; conventions of mir_eval.
public struct MelodyScores: Sendable, Equatable {
    public let voicingRecall: MetricResult
    public let voicingFalseAlarm: MetricResult
    public let rawPitchAccuracy: MetricResult
    public let rawChromaAccuracy: MetricResult
    public let overallAccuracy: MetricResult

    /// What the scores are, in the order of the properties.
    public static let metrics: [MetricDescription] = [
        ("f0_voicing_recall", MetricDirection.higherIsBetter), ("f0_voicing_false_alarm", .lowerIsBetter),
        ("f0_rpa", .higherIsBetter), ("f0_rca", .higherIsBetter), ("f0_overall_accuracy", .higherIsBetter),
    ].map { name, direction in
        MetricDescription(
            name: name, unit: "", direction: direction, range: 0...1,
            source: "pitch within 50 cents, frame by frame (Poliner et al. 2007)", version: 1)
    }

    private static let tolerance = 50.0

    /// - Parameters:
    ///   - reference: hertz, one value per frame.
    ///   - estimate: hertz, at the same times.
    public init(reference: [Double], estimate: [Double]) {
        var reason: String?
        if reference.count != estimate.count {
            reason = "lengths differ: reference \(reference.count), estimate \(estimate.count) frames"
        } else if reference.isEmpty {
            reason = "there are no frames"
        } else if let index = reference.indices.first(where: {
            !reference[$0].isFinite || !estimate[$0].isFinite
        }) {
            reason = "frame \(index) is not finite"
        }
        if let reason {
            let result = MetricResult.undefined(reason: reason)
            (voicingRecall, voicingFalseAlarm, rawPitchAccuracy) = (result, result, result)
            (rawChromaAccuracy, overallAccuracy) = (result, result)
            return
        }
        var counts = (voiced: 0, found: 0, false: 0, pitch: 0, chroma: 0, right: 0)
        for (truth, guess) in zip(reference, estimate) {
            guard truth > 0 else {
                if guess > 0 { counts.false += 1 } else { counts.right += 1 }
                continue
            }
            counts.voiced += 1
            if guess > 0 { counts.found += 1 }
            guard guess != 0 else { continue }
            let cents = 1200 * log2(abs(guess) / truth)
            if abs(cents) < Self.tolerance {
                counts.pitch += 1
                if guess > 0 { counts.right += 1 }
            }
            if abs(cents - 1200 * (cents / 1200).rounded()) < Self.tolerance { counts.chroma += 1 }
        }
        func share(_ part: Int, of whole: Int, _ reason: String) -> MetricResult {
            whole > 0 ? .value(Double(part) / Double(whole)) : .undefined(reason: reason)
        }
        let silent = "the reference has no voiced frame"
        voicingRecall = share(counts.found, of: counts.voiced, silent)
        rawPitchAccuracy = share(counts.pitch, of: counts.voiced, silent)
        rawChromaAccuracy = share(counts.chroma, of: counts.voiced, silent)
        voicingFalseAlarm = share(
            counts.false, of: reference.count - counts.voiced, "the reference has no unvoiced frame")
        overallAccuracy = share(counts.right, of: reference.count, "there are no frames")
    }

    /// The scores in the order of `metrics`.
    public var all: [MetricResult] {
        [voicingRecall, voicingFalseAlarm, rawPitchAccuracy, rawChromaAccuracy, overallAccuracy]
    }
}
