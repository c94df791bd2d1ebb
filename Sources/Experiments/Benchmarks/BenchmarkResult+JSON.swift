import StrictJSON

extension BenchmarkResult {
    /// The result for machines: what was done, microseconds of a call, and the rate.
    public var json: JSONObject {
        var object = item.facts
        object["operation"] = .string(item.operation)
        object["threads"] = .integer(item.threads)
        object["median_us"] = .number(rounded(median * 1e6))
        object["min_us"] = .number(rounded(minimum * 1e6))
        object["max_us"] = .number(rounded((seconds.last ?? .nan) * 1e6))
        let key =
            switch item.work {
            case .operations: "gflops"
            case .bytes: "gb_per_s"
            case .sound: "times_real_time"
            }
        object[key] = .number(rounded(medianRate))
        object["best_\(key)"] = .number(rounded(bestRate))
        return object
    }

    private func rounded(_ value: Double) -> Double { (value * 1e3).rounded() / 1e3 }
}
