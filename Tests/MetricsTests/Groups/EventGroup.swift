import Metrics
import StrictJSON

/// F-measures of onsets and beats.
func checkEvents(_ reference: MetricsReference, _ check: MetricsCheck) throws {
    let section = reference.document["events"]
    let tolerance = section?["definitions"]?["tolerance"]?["abs"]?.doubleValue ?? 0
    for entry in section?["cases"]?.arrayValue ?? [] {
        let id = entry["id"]?.stringValue ?? "?"
        let shift = entry["add_to_est_s"]?.doubleValue ?? 0
        let scores = EventScores(
            reference: try reference.array(entry["ref"]?.stringValue),
            estimate: try reference.array(entry["est"]?.stringValue).map { $0 + shift },
            window: entry["window_s"]?.doubleValue ?? 0)
        for (name, result) in [
            ("f", scores.fMeasure), ("precision", scores.precision), ("recall", scores.recall),
        ] {
            guard let expected = entry[name]?.doubleValue else { continue }
            check.expect("\(id) \(name)", result, equals: expected, within: tolerance)
        }
    }
    let nothing = EventScores(reference: [], estimate: [1], window: 0.05)
    check.expectUndefined("no true events: F", nothing.fMeasure)
    check.expectUndefined("no true events: recall", nothing.recall)
    let missed = EventScores(reference: [1, 2], estimate: [], window: 0.05)
    check.expect("no estimated events: F", missed.fMeasure, equals: 0, within: 0)
    check.expectUndefined("no estimated events: precision", missed.precision)
    // One estimate serves one event only, and pairs are chosen so that most find one.
    let crowded = EventScores(reference: [1.00, 1.04], estimate: [0.96, 1.03], window: 0.05)
    check.expect("crowded events", crowded.recall, equals: 1, within: 0)
    let double = EventScores(reference: [1.00, 1.02], estimate: [1.01], window: 0.05)
    check.expect("one estimate for two events", double.recall, equals: 0.5, within: 0)
}
