import Metrics
import StrictJSON

/// Unusual pairs. Where a measure exists it has the reference's value; where the reference fails, or answers
/// with a number for what cannot be measured, it is undefined.
func checkEdgeCases(_ reference: MetricsReference, _ check: MetricsCheck) throws {
    let clean = try reference.sound("audio/speech_a.wav").channels[0]
    let noisy = try reference.sound("audio/deg_a_white10.wav").channels[0]
    let silence = [Float](repeating: 0, count: clean.count)
    func with(_ samples: [Float], _ value: Float) -> [Float] {
        var changed = samples
        changed[20000] = value
        return changed
    }
    let pairs: [String: (reference: [Float], estimate: [Float])] = [
        "silent_reference": (silence, clean),
        "silent_degraded": (clean, silence),
        "both_silent": (silence, silence),
        "identical": (clean, clean),
        "scaled": (clean, clean.map { $0 / 2 }),
        "inverted": (clean, clean.map { -$0 }),
        // The values given are those of the piece from 0.25 s on.
        "short_0.2s": (Array(clean[4000..<7200]), Array(noisy[4000..<7200])),
        "lengths_differ": (clean, Array(noisy.dropLast(1000))),
        "nan_in_degraded": (clean, with(noisy, .nan)),
        "nan_in_reference": (with(clean, .nan), noisy),
        "inf_in_degraded": (clean, with(noisy, .infinity)),
        "empty": ([], []),
    ]
    // The measures that exist for a case; all others are undefined.
    let everything = Set(ObjectiveMetrics.all.map(\.name))
    let defined: [String: Set<String>] = [
        "silent_reference": ["lsd_db"],
        "silent_degraded": ["snr", "segsnr_rect20", "lsd_db"],
        "both_silent": ["lsd_db"],
        "identical": everything, "scaled": everything, "inverted": everything,
        "short_0.2s": everything.subtracting([
            "pesq_nb", "pesq_wb", "pesq_raw_nb", "stoi", "estoi", "csig", "cbak", "covl",
            "loudness_difference", "f0_voicing_false_alarm",
        ]),
    ]
    for entry in reference.document["edge_cases"]?["pairwise"]?.arrayValue ?? [] {
        let name = entry["case"]?.stringValue ?? "?"
        guard let samples = pairs[name] else {
            check.note(name, name == "wrong_rate", "an unknown case")
            continue
        }
        let pair = MetricPair(reference: samples.reference, estimate: samples.estimate, sampleRate: 16000)
        for metric in ObjectiveMetrics.all {
            let label = "\(name) \(metric.name)"
            let result = metric.score(pair)
            guard defined[name]?.contains(metric.name) == true else {
                check.expectUndefined(label, result)
                continue
            }
            check.note(label, result.value != nil, "\(result), expected a value")
            guard let expected = entry["results"]?[metric.name]?["value"]?.measure, !expected.isNaN,
                let tolerance = reference.document["definitions"]?[metric.name]?["tolerance"]?["abs"]?
                    .doubleValue
            else { continue }
            check.expect(label, result, equals: expected, within: tolerance)
        }
    }
    for (name, rate) in [("pesq_wb", 44100), ("pesq_nb", 48000), ("pesq_wb", 8000), ("pesq_nb", 11025)] {
        let result = ObjectiveMetrics.named(name)?.score(
            reference: clean, estimate: noisy, sampleRate: rate)
        check.note("\(name) at \(rate) Hz", result != nil && result?.value == nil, "expected undefined")
    }
}
