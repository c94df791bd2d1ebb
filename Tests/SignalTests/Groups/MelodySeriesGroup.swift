/// The series are inputs of the pitch metrics, whose values `metrics.json` holds and the metrics' own suite
/// checks; here there is only to see that they are complete.
enum MelodySeriesGroup {
    static func check(_ check: SignalCheck) throws {
        let time = try check.expected("time")
        let hop = try check.entry.number("hop_s")
        check.expectClose(
            time, to: time.indices.map { hop * Double($0) }, "times", absolute: 1e-12, relative: 1e-12)
        for role in ["ref_hz", "est_hz"] {
            let series = try check.expected(role)
            check.expect(series.count == time.count, "\(role) has \(series.count) values")
            check.expect(series.allSatisfy(\.isFinite), "\(role) is not finite")
        }
    }
}
