import Metrics

/// Compares values with their reference, prints those that differ, and counts.
final class MetricsCheck {
    private(set) var count = 0
    private(set) var failed = 0

    /// Holds if the value is the expected one within the tolerance; infinities must be equal.
    func expect(_ label: String, _ value: Double?, equals expected: Double, within tolerance: Double) {
        let agrees = value.map { $0 == expected || abs($0 - expected) <= tolerance } ?? false
        note(label, agrees, "\(value.map { "\($0)" } ?? "nothing"), expected \(expected) +- \(tolerance)")
    }

    func expect(
        _ label: String, _ result: MetricResult, equals expected: Double, within tolerance: Double
    ) {
        if case .undefined(let reason) = result {
            note(label, false, "undefined: \(reason), expected \(expected)")
        } else {
            expect(label, result.value, equals: expected, within: tolerance)
        }
    }

    func expectUndefined(_ label: String, _ result: MetricResult) {
        note(label, result.value == nil, "\(result), expected undefined")
    }

    func note(_ label: String, _ agrees: Bool, _ text: @autoclosure () -> String) {
        count += 1
        if agrees { return }
        failed += 1
        print("metrics: \(label): \(text())")
    }
}
