import Metrics
import StrictJSON

/// Measures that the workbench does not have.
private let absentMeasures = ["visqol_"]

/// The clean and degraded pairs with one value per measure that is defined at their rate.
func checkPairs(_ reference: MetricsReference, _ check: MetricsCheck) throws {
    var perceptual = PerceptualAgreement()
    for entry in reference.document["pairs"]?.arrayValue ?? [] {
        let id = entry["id"]?.stringValue ?? "?"
        let clean = try reference.sound(entry["clean"]?.stringValue)
        let degraded = try reference.sound(entry["degraded"]?.stringValue)
        let pair = MetricPair(
            reference: clean.channels[0], estimate: degraded.channels[0], sampleRate: clean.sampleRate)
        let kind = entry["degradation"]?["kind"]?.stringValue ?? ""
        let values = entry["values"]?.objectValue
        for name in values?.keys ?? [] where !absentMeasures.contains(where: name.hasPrefix) {
            guard let metric = ObjectiveMetrics.named(name), let expected = values?[name]?.measure,
                let tolerance = reference.document["definitions"]?[name]?["tolerance"]?["abs"]?.doubleValue
            else {
                check.note("\(id) \(name)", false, "no such measure")
                continue
            }
            let result = metric.score(pair)
            if name == "pesq_nb" || name == "pesq_wb" {
                perceptual.add("\(id) \(name)", kind, result, expected, check)
            } else {
                check.expect("\(id) \(name)", result, equals: expected, within: tolerance)
            }
            if let value = result.value {
                check.note(
                    "\(id) \(name)", metric.range.contains(value), "\(value) is outside \(metric.range)")
            }
        }
        // A measure without a value is not defined at this rate.
        let definitions = reference.document["definitions"]
        for metric in ObjectiveMetrics.all
        where values?[metric.name] == nil && definitions?[metric.name] != nil {
            check.expectUndefined("\(id) \(metric.name)", metric.score(pair))
        }
    }
    perceptual.finish(check)
}

/// PESQ: how far apart two implementations may be, per pair and on average.
private struct PerceptualAgreement {
    private var aligned: [Double] = []
    private var unaligned: [Double] = []

    mutating func add(
        _ label: String, _ kind: String, _ result: MetricResult, _ expected: Double, _ check: MetricsCheck
    ) {
        let isUnaligned = ["delay", "reverb", "reverb_noise", "clip"].contains(kind)
        check.expect(label, result, equals: expected, within: isUnaligned ? 0.15 : 0.05)
        let difference = abs((result.value ?? .infinity) - expected)
        if isUnaligned { unaligned.append(difference) } else { aligned.append(difference) }
    }

    func finish(_ check: MetricsCheck) {
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
        check.expect("mean difference of PESQ, aligned", mean(aligned), equals: 0, within: 0.02)
        check.expect("mean difference of PESQ, unaligned", mean(unaligned), equals: 0, within: 0.05)
    }
}
