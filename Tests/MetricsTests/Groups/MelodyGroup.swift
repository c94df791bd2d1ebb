import Metrics
import StrictJSON

/// Pitch and voicing of series of fundamental frequencies.
func checkMelody(_ reference: MetricsReference, _ check: MetricsCheck) throws {
    let section = reference.document["melody"]
    let tolerance = section?["definitions"]?["tolerance"]?["abs"]?.doubleValue ?? 0
    for entry in section?["cases"]?.arrayValue ?? [] {
        let id = entry["id"]?.stringValue ?? "?"
        let scores = MelodyScores(
            reference: try reference.array(entry["tensors"]?["ref"]?.stringValue),
            estimate: try reference.array(entry["tensors"]?["est"]?.stringValue))
        for (name, result) in [
            ("Voicing Recall", scores.voicingRecall), ("Voicing False Alarm", scores.voicingFalseAlarm),
            ("Raw Pitch Accuracy", scores.rawPitchAccuracy),
            ("Raw Chroma Accuracy", scores.rawChromaAccuracy), ("Overall Accuracy", scores.overallAccuracy),
        ] {
            let expected = entry["values"]?[name]?.doubleValue ?? .nan
            check.expect("\(id) \(name)", result, equals: expected, within: tolerance)
        }
    }
    let unvoiced = MelodyScores(reference: [0, 0, 0], estimate: [100, 0, 0])
    check.expectUndefined("unvoiced reference: recall", unvoiced.voicingRecall)
    check.expectUndefined("unvoiced reference: pitch", unvoiced.rawPitchAccuracy)
    check.expectUndefined("unvoiced reference: chroma", unvoiced.rawChromaAccuracy)
    check.expect("unvoiced reference: alarm", unvoiced.voicingFalseAlarm, equals: 1.0 / 3, within: 1e-12)
    let voiced = MelodyScores(reference: [100, 200], estimate: [0, 0])
    check.expect("unvoiced estimate: recall", voiced.voicingRecall, equals: 0, within: 0)
    check.expectUndefined("unvoiced estimate: alarm", voiced.voicingFalseAlarm)
    for scores in [
        MelodyScores(reference: [], estimate: []), MelodyScores(reference: [100], estimate: [100, 100]),
        MelodyScores(reference: [.nan], estimate: [100]),
        MelodyScores(reference: [100], estimate: [.infinity]),
    ] {
        for result in scores.all { check.expectUndefined("broken series", result) }
    }
}
